import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { atImports, opened, planned, Routed, step } from "../../test/imports";
import { renderOn } from "../../test/render";

atImports();

describe("the check grid", () => {
  test("opens on the first problem and says what it is", async () => {
    const { grid } = await planned("客户 180.xlsx");
    await waitFor(() => expect(document.activeElement).toBe(grid));
    expect(await screen.findByRole("dialog", { name: "号码在文件里已损坏" })).toBeTruthy();
    expect(screen.getByRole("tab", { name: /^有问题 10/ }).getAttribute("aria-selected")).toBe("true");
  });

  test("Tab goes to the next problem, Enter takes the suggestion, Ctrl Z takes it back", async () => {
    const { grid, bridge } = await planned("客户 180.xlsx");
    await screen.findByRole("dialog", { name: "号码在文件里已损坏" });
    // Row 7 has two problems, row 26 one, then row 44: a letter for a digit.
    for (let n = 0; n < 3; n++) await act(async () => void fireEvent.keyDown(grid, { key: "Tab" }));
    expect(await screen.findByRole("dialog", { name: "号码里有认不出的字符" })).toBeTruthy();
    const wrong = (await bridge.imports.view(bridge.job)).counts.wrong;
    fireEvent.keyDown(grid, { key: "Enter" });
    await waitFor(async () => expect((await bridge.imports.view(bridge.job)).counts.wrong).toBe(wrong - 1));
    fireEvent.keyDown(grid, { key: "z", ctrlKey: true });
    await waitFor(async () => expect((await bridge.imports.view(bridge.job)).counts.wrong).toBe(wrong));
  });

  // Where the sheet is wider than the window, the browser scrolls to what it is asked for.
  test("the cell under the cursor comes into view, by Tab and by the arrows", async () => {
    const asked: string[] = [];
    const scroll = vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
      if (this.role === "columnheader") asked.push(this.textContent ?? "");
    });
    const { grid } = await planned("客户 180.xlsx");
    await screen.findByRole("dialog", { name: "号码在文件里已损坏" });
    await waitFor(() => expect(asked.at(-1)).toBe("手机"));
    for (let n = 0; n < 3; n++) {
      asked.length = 0;
      await act(async () => void fireEvent.keyDown(grid, { key: "Tab" }));
      const cell = document.querySelector('[role="row"][aria-selected="true"] [class*="cursor"]');
      const title = grid.querySelector(`[role="columnheader"][aria-colindex="${cell?.getAttribute("aria-colindex")}"]`);
      expect(asked.at(-1)).toBe(title?.textContent);
    }
    asked.length = 0;
    await act(async () => void fireEvent.keyDown(grid, { key: "ArrowRight" }));
    expect(asked.length).toBe(1);
    // What stays at the left edge is never scrolled to, and is not what hides a cell.
    for (let n = 0; n < 30; n++) await act(async () => void fireEvent.keyDown(grid, { key: "ArrowLeft" }));
    expect(asked).not.toContain("结果");
    expect(Number.parseInt(grid.style.scrollPaddingLeft, 10)).toBe(44 + 86);
    scroll.mockRestore();
  });

  test("Ctrl Enter repairs all alike, Alt Enter keeps one as it is", async () => {
    const { grid, bridge } = await planned("客户 400.xlsx");
    await screen.findByRole("dialog", { name: "号码在文件里已损坏" });
    fireEvent.keyDown(grid, { key: "Enter", altKey: true });
    const causes = async () =>
      (await bridge.imports.rows({ job: bridge.job, kind: "problems", cause: "", offset: 0, limit: 1 })).causes;
    const count = async (code: string) => (await causes()).find((c) => c.code === code)?.count ?? 0;
    await waitFor(async () => expect(await count("number_damaged")).toBe(2));
    for (let n = 0; n < 9 && screen.queryByRole("dialog", { name: "号码里有认不出的字符" }) === null; n++)
      await act(async () => void fireEvent.keyDown(grid, { key: "Tab" }));
    expect(await count("phone_chars")).toBe(3);
    fireEvent.keyDown(grid, { key: "Enter", ctrlKey: true });
    await waitFor(async () => expect(await count("phone_chars")).toBe(0));
  });

  test("typing replaces the value where it stands, Escape takes the typing back", async () => {
    const { grid, bridge, user } = await planned("客户 180.xlsx");
    await screen.findByRole("dialog", { name: "号码在文件里已损坏" });
    fireEvent.keyDown(grid, { key: "1" });
    const field = await screen.findByRole("textbox", { name: "改「手机」" });
    await user.type(field, "3812905678");
    fireEvent.keyDown(field, { key: "Escape" });
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "改「手机」" })).toBeNull());
    fireEvent.keyDown(grid, { key: "1" });
    const again = await screen.findByRole("textbox", { name: "改「手机」" });
    await user.type(again, "3812905678");
    fireEvent.keyDown(again, { key: "Enter" });
    await waitFor(async () => {
      const { rows } = await bridge.imports.rows({ job: bridge.job, kind: "all", cause: "", offset: 3, limit: 1 });
      expect(rows[0]?.cells.find((c) => c.field === "mobile")?.status).not.toBe("wrong");
    });
  });

  test("an Enter that ends a composition saves nothing", async () => {
    const { grid, bridge } = await planned("客户 180.xlsx");
    await screen.findByRole("dialog", { name: "号码在文件里已损坏" });
    const before = (await bridge.imports.view(bridge.job)).counts;
    fireEvent.keyDown(grid, { key: "Enter", isComposing: true });
    fireEvent.keyDown(grid, { key: "a", keyCode: 229 });
    expect(screen.queryByRole("textbox", { name: "改「手机」" })).toBeNull();
    expect((await bridge.imports.view(bridge.job)).counts).toEqual(before);
  });

  test("Escape leads to the way on, which writes without the wrong rows", async () => {
    const { grid, user, bridge } = await planned("客户 180.xlsx");
    await screen.findByRole("dialog", { name: "号码在文件里已损坏" });
    fireEvent.keyDown(grid, { key: "Escape" });
    expect(document.activeElement?.textContent).toBe("下一步：查重");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(step()).toContain("查重"));
    const { counts } = await bridge.imports.view(bridge.job);
    expect(screen.getByRole("button", { name: `写入 ${counts.new + counts.updated} 行` })).toBeTruthy();
  });

  test("what goes into a customer is shown beside what the book has", async () => {
    const { grid, user } = await planned("客户 400.xlsx");
    fireEvent.keyDown(grid, { key: "Escape" });
    await user.keyboard("{Enter}");
    const pane = await screen.findByRole("complementary", { name: "并入后会变成这样" });
    const line = (name: string) => within(pane).getByRole("row", { name: new RegExp(`^${name} `) });
    const name = line("客户名称").querySelectorAll("td");
    expect(name[0]?.textContent).toBe(name[1]?.textContent);
    const [book, file] = line("详细地址").querySelectorAll("td");
    expect(book?.textContent).not.toBe(file?.textContent);
    expect([book?.className, file?.className].map((c) => c !== "")).toEqual([true, true]);
    expect(screen.getByRole("grid", { name: "对应的客户" }).textContent).toContain("详细地址");
  });

  test("a cause is repaired for all, or shown row by row", async () => {
    const { user, bridge } = await planned("客户 400.xlsx");
    const side = await screen.findByRole("complementary", { name: /行要改/ });
    const repaired = within(side).getByText(/^号码里有认不出的字符/);
    expect(within(repaired).queryByRole("img", { name: "改好了" })).toBeNull();
    await user.click(within(side).getByRole("button", { name: "号码里有认不出的字符: 一起改" }));
    await waitFor(() => expect(within(repaired).getByRole("img", { name: "改好了" })).toBeTruthy());
    await user.click(within(side).getByRole("button", { name: "没有客户名称: 逐行看" }));
    await waitFor(() => expect(screen.getByRole("grid", { name: "检查结果" }).getAttribute("aria-rowcount")).toBe("4"));
    expect((await bridge.imports.view(bridge.job)).counts.wrong).toBeGreaterThan(0);
  });

  test("a cause without a suggestion is kept as typed for all, marked, and taken back", async () => {
    const { grid, user, bridge } = await planned("客户 400.xlsx");
    const side = await screen.findByRole("complementary", { name: /行要改/ });
    const short = "手机位数不够: 全部照写，标为待核";
    expect(within(side).getByRole("button", { name: "手机位数不够: 逐行看" })).toBeTruthy();
    // Of a name that is missing nothing was typed.
    expect(within(side).queryByRole("button", { name: "没有客户名称: 全部照写，标为待核" })).toBeNull();
    const wrong = (await bridge.imports.view(bridge.job)).counts.wrong;
    const lines = () => [...side.querySelectorAll("button[title]")].map((b) => b.textContent?.replace(/\d+$/, ""));
    const before = lines();
    const open = () => within(side).queryByRole("button", { name: /^手机位数不够 ?\d/ });
    for (const takeBack of [
      () => user.click(within(side).getByRole("button", { name: "撤销刚改的" })),
      () => user.keyboard("{Control>}z{/Control}"),
      async () => void fireEvent.keyDown(grid, { key: "z", ctrlKey: true }),
    ]) {
      expect(open()).toBeTruthy();
      await user.click(within(side).getByRole("button", { name: short }));
      await waitFor(() => expect(open()).toBeNull());
      expect((await bridge.imports.view(bridge.job)).counts.wrong).toBe(wrong - 3);
      // No other line comes under the mouse.
      expect(lines().slice(0, before.length)).toEqual(before);
      await takeBack();
      await waitFor(() => expect(open()).toBeTruthy());
      expect((await bridge.imports.view(bridge.job)).counts.wrong).toBe(wrong);
    }
    expect(within(side).queryByRole("button", { name: "撤销刚改的" })).toBeNull();
  });

  test("100,000 rows are paged: the grid counts all and asks for a few", async () => {
    const bridge = await opened("客户100000.xlsx");
    const asked: number[] = [];
    const rows = bridge.imports.rows;
    bridge.imports.rows = (request) => {
      asked.push(request.limit);
      return rows(request);
    };
    await bridge.imports.columns(bridge.job);
    await bridge.imports.plan(bridge.job);
    renderOn(<Routed />, { bridge });
    expect(await screen.findByRole("progressbar")).toBeTruthy();
    const grid = await screen.findByRole("grid", { name: "检查结果" }, { timeout: 20_000 });
    expect(Number(grid.getAttribute("aria-rowcount"))).toBe(5557);
    expect(Math.max(...asked)).toBeLessThanOrEqual(200);
    expect(within(grid).getAllByRole("row").length).toBeLessThan(100);
  }, 40_000);
});
