import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
import { atImports, opened, planned, Routed, step } from "../../test/imports";
import { renderOn } from "../../test/render";
import { Wizard } from "./Wizard";

atImports();

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

  test("repairs of the check outlive the way back, and it says what a change would take", async () => {
    const { bridge, user, grid } = await planned("客户 90.xlsx");
    const wrong = (await bridge.imports.view(bridge.job)).counts.wrong;
    fireEvent.keyDown(grid, { key: "Enter", altKey: true });
    await waitFor(async () => expect((await bridge.imports.view(bridge.job)).repairs).toBe(1));
    const repaired = await bridge.imports.view(bridge.job);
    expect(repaired.counts.wrong).toBeLessThan(wrong);
    await user.click(screen.getByRole("button", { name: "上一步" }));
    expect(await screen.findByText(/^检查里已经改了 1 次，都还在。/)).toBeTruthy();
    await user.click(await screen.findByRole("button", { name: "下一步：检查" }));
    await waitFor(() => expect(step()).toContain("检查"));
    expect((await bridge.imports.view(bridge.job)).counts).toEqual(repaired.counts);
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
    await waitFor(() => expect(window.location.hash).toBe("#/import/job-1"));
    expect((await bridge.imports.view("job-1")).files).toEqual(["一 20.xlsx", "二 30.csv"]);
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
