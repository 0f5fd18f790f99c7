import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { type FakeBridge, fakeBridge } from "../../bridge/fake/fake";
import { useRoute } from "../../lib/route";
import { renderOn } from "../../test/render";
import { ImportPage } from "./ImportPage";
import { Wizard } from "./Wizard";

function Routed() {
  const route = useRoute();
  return route.page === "import" ? <ImportPage path={route.path} /> : null;
}

beforeEach(() => {
  window.location.hash = "#/import";
});

async function opened(path: string, customers = 30): Promise<FakeBridge & { job: string }> {
  const bridge = fakeBridge({ customers });
  const { job } = await bridge.imports.open(path);
  window.location.hash = `#/import/${job}`;
  return { ...bridge, job };
}

async function planned(path: string, customers = 30) {
  const bridge = await opened(path, customers);
  await bridge.imports.columns(bridge.job);
  await bridge.imports.plan(bridge.job);
  await waitFor(async () => expect((await bridge.imports.view(bridge.job)).phase).toBe("check"));
  const view = renderOn(<Routed />, { bridge });
  const grid = await screen.findByRole("grid", { name: "检查结果" });
  return { ...view, bridge, grid };
}

const step = () => document.querySelector('[aria-current="step"]')?.textContent ?? "";

describe("the wizard", () => {
  test("a clean file is Enter four times, without a mouse", async () => {
    const bridge = await opened("干净的表 90.xlsx");
    const { user } = renderOn(<Routed />, { bridge });
    for (const [at, next] of [
      ["选表", "下一步：对应列"],
      ["对应列", "下一步：检查"],
      ["检查", "下一步：查重"],
      ["查重", /^写入 \d+ 行$/],
    ] as const) {
      await waitFor(() => expect(step()).toContain(at));
      const button = await screen.findByRole("button", { name: next });
      await waitFor(() => expect(document.activeElement).toBe(button));
      await user.keyboard("{Enter}");
    }
    expect(await screen.findByText(/^导入完成，90 行用了/)).toBeTruthy();
    const view = await bridge.imports.view(bridge.job);
    expect(view.counts.wrong).toBe(0);
    expect(bridge.book.customers.length).toBe(30 + view.counts.new);
  });

  test("steps before writing say that nothing was changed, and write nothing", async () => {
    const bridge = await opened("客户 90.xlsx");
    renderOn(<Routed />, { bridge });
    expect(await screen.findByText("现在还没有改动客户册。")).toBeTruthy();
    expect(await screen.findByText("标题，跳过")).toBeTruthy();
    expect(screen.getByText("表头在第 3 行")).toBeTruthy();
    expect(bridge.book.customers.length).toBe(30);
  });

  test("the header is moved by key", async () => {
    const bridge = await opened("客户 90.xlsx");
    renderOn(<Routed />, { bridge });
    const grid = await screen.findByRole("grid", { name: "「客户名单」的内容" });
    await within(grid).findByText("标题，跳过");
    fireEvent.keyDown(grid, { key: "ArrowDown", altKey: true });
    expect(await screen.findByText("表头在第 3 到 4 行")).toBeTruthy();
    fireEvent.keyDown(grid, { key: "ArrowUp", altKey: true });
    expect(await screen.findByText("表头在第 3 行")).toBeTruthy();
  });

  test("no sheet chosen leads nowhere", async () => {
    const bridge = await opened("客户 90.xlsx");
    const { user } = renderOn(<Routed />, { bridge });
    await user.click(await screen.findByRole("checkbox", { name: "导入「客户名单」" }));
    expect(await screen.findByText("至少选一张表。")).toBeTruthy();
    const next = await screen.findByRole("button", { name: /下一步：对应列$/ });
    expect(next.hasAttribute("disabled")).toBe(true);
  });

  test("columns name their reason, and a spelling is told what it equals", async () => {
    const bridge = await opened("客户 90.xlsx");
    const { user } = renderOn(<Routed />, { bridge });
    await user.click(await screen.findByRole("button", { name: "下一步：对应列" }));
    expect(await screen.findByText("9 列中 8 列已对应，1 列不导入")).toBeTruthy();
    expect(screen.getByText("按内容认出")).toBeTruthy();
    expect(screen.getByText("9 种写法 → 3 个选项")).toBeTruthy();
    await user.click(screen.getByRole("combobox", { name: "「战略」等于" }));
    const options = await screen.findAllByTitle("重点");
    fireEvent.click(options.at(-1) ?? document.body);
    await waitFor(async () => {
      const { columns } = await bridge.imports.columns(bridge.job);
      expect(columns.flatMap((c) => c.options).find((o) => o.text === "战略")?.value).toBe("重点");
    });
  });

  test.each([
    ["zh", "一 20.xlsx 等 2 个文件", ["一 20.xlsx 客户名单等 2 张表，表头相同，一起对应", "一 20.xlsx 客户名单"]],
    [
      "en",
      "一 20.xlsx and others, 2 files",
      ["一 20.xlsx 客户名单 and others, 2 sheets with the same header, mapped as one", "一 20.xlsx 客户名单"],
    ],
  ] as const)("columns stand under the sheets that have them, in %s", async (language, title, names) => {
    const bridge = await opened("一 20.xlsx");
    const { job } = await bridge.imports.addFile({ job: bridge.job, path: "二 30.csv" });
    const read = bridge.imports.columns;
    // The last column is in the first sheet alone.
    bridge.imports.columns = async (of) => {
      const reply = await read(of);
      return { ...reply, columns: reply.columns.map((c, n) => (n === 8 ? { ...c, sheets: [c.sheet] } : c)) };
    };
    renderOn(<Wizard job={job} />, { bridge, language });
    expect(await screen.findByText(title)).toBeTruthy();
    fireEvent.click(await screen.findByRole("button", { name: /^(下一步：对应列|Next: Columns)$/ }));
    const table = await screen.findByRole("table");
    await waitFor(() =>
      expect([...table.querySelectorAll("th[scope=rowgroup]")].map((h) => h.textContent)).toEqual(names),
    );
  });

  test("a draft is listed with its file and can be taken up or discarded", async () => {
    const bridge = await opened("客户 90.xlsx");
    window.location.hash = "#/import";
    const { user } = renderOn(<Routed />, { bridge });
    const drafts = await screen.findByRole("region", { name: "没做完的" });
    expect(within(drafts).getByText("草稿")).toBeTruthy();
    expect(within(drafts).getByRole("link", { name: "接着做" }).getAttribute("href")).toBe(`#/import/${bridge.job}`);
    await user.click(within(drafts).getByRole("button", { name: "放弃" }));
    await waitFor(() => expect(screen.queryByText("没做完的")).toBeNull());
  });

  test("files of a browser are uploaded first", async () => {
    const bridge = fakeBridge({ customers: 5 });
    bridge.files.upload = async (file) => `upload:${file.name}`;
    const { container, user } = renderOn(<Routed />, { bridge });
    await screen.findByRole("button", { name: "选择文件" });
    const input = container.querySelector<HTMLInputElement>('input[type="file"]');
    if (!input) throw new Error("no file field");
    await user.upload(input, [new File(["x"], "一 20.xlsx"), new File(["x"], "二 30.csv")]);
    await waitFor(() => expect(window.location.hash).toBe("#/import/job-2"));
    expect((await bridge.imports.view("job-2")).files).toEqual(["一 20.xlsx", "二 30.csv"]);
  });

  // chosen gives files to the browser's dialog on the first page of the import.
  async function chosen(names: readonly string[], language: "zh" | "en" = "zh") {
    const bridge = fakeBridge({ customers: 5 });
    bridge.files.upload = async (file) => file.name;
    const view = renderOn(<Routed />, { bridge, language });
    await screen.findByRole("button", { name: /^(?:选择文件|Choose files)$/ });
    const input = view.container.querySelector<HTMLInputElement>('input[type="file"]');
    if (!input) throw new Error("no file field");
    input.removeAttribute("accept");
    await view.user.upload(
      input,
      names.map((name) => new File(["x"], name)),
    );
    return { ...view, bridge };
  }

  const oldForm = "这是旧的 .xls 文件。在 Excel 里另存为 .xlsx 再导入。";

  test("what cannot be opened is said and nothing is begun", async () => {
    await chosen(["旧表.xls"]);
    expect((await screen.findByRole("alert")).textContent).toBe(oldForm);
    expect(window.location.hash).toBe("#/import");
  });

  test.each([
    ["zh", "「旧表.xls」没有打开。", oldForm],
    ["en", "“旧表.xls” was not opened. ", "This is an old .xls file. Save it as .xlsx in Excel and import that."],
  ] as const)("a file that cannot be opened keeps no other out, and is named, in %s", async (language, name, why) => {
    const { bridge } = await chosen(["一 20.xlsx", "旧表.xls", "二 30.csv"], language);
    expect((await screen.findByRole("alert")).textContent).toBe(name + why);
    const job = window.location.hash.replace("#/import/", "");
    expect((await bridge.imports.view(job)).files).toEqual(["一 20.xlsx", "二 30.csv"]);
  });

  test("also when it is the first, and each that cannot be opened is named", async () => {
    const { bridge } = await chosen(["旧表.xls", "一 20.xlsx", "更旧.ods"]);
    const said = await screen.findByRole("alert");
    expect([...said.querySelectorAll("p")].map((p) => p.textContent)).toEqual([
      `「旧表.xls」没有打开。${oldForm}`,
      "「更旧.ods」没有打开。这是 .ods 文件。另存为 .xlsx 再导入。",
    ]);
    const job = window.location.hash.replace("#/import/", "");
    expect((await bridge.imports.view(job)).files).toEqual(["一 20.xlsx"]);
  });

  test("when none of several can be opened, each is named and nothing is begun", async () => {
    await chosen(["旧表.xls", "更旧.xls"]);
    expect((await screen.findByRole("alert")).textContent).toBe(
      `「旧表.xls」没有打开。${oldForm}「更旧.xls」没有打开。${oldForm}`,
    );
    expect(window.location.hash).toBe("#/import");
  });

  test("files of the program's own dialog are added to those before", async () => {
    const bridge = await opened("一 20.xlsx");
    bridge.files.upload = null;
    bridge.imports.pick = async () => ({ paths: ["D:\\表\\旧表.xls", "D:\\表\\二 30.csv"] });
    const { user } = renderOn(<Routed />, { bridge });
    await user.click(await screen.findByRole("button", { name: "再加文件" }));
    expect((await screen.findByRole("alert")).textContent).toBe(`「旧表.xls」没有打开。${oldForm}`);
    const job = window.location.hash.replace("#/import/", "");
    expect((await bridge.imports.view(job)).files).toEqual(["一 20.xlsx", "二 30.csv"]);
  });
});

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
