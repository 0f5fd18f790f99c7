import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
import { noCounts as nothing } from "../../bridge/fake/plan";
import type { FixRequest, ImportCounts, PlanCause, PlanCell, PlanReply, PlanRow } from "../../bridge/types/imports";
import type { Language } from "../../i18n";
import { renderOn } from "../../test/render";
import { shareCauses, steady, textsOf } from "./causes";
import { Wizard } from "./Wizard";

function cell(field: string, text: string, more: Partial<PlanCell> = {}): PlanCell {
  const none = { old: "", changed: false, status: "ok", code: "", suggest: "", alike: 0, kept: false, sealed: false };
  return { field, text, raw: text, ...none, ...more };
}

function row(index: number, sheet: number, kind: string, cells: PlanCell[], intoName = ""): PlanRow {
  const joined = kind === "merged" ? leader : { id: "", name: "", sheet: 0, row: 0 };
  return { index, sheet, row: 4 + (index % 2), kind, into: intoName, intoName, why: "", cells, joined, review: [] };
}

const leader = { id: "", name: "甲公司", sheet: 0, row: 4 };

const short = (of: string) => [
  cell("name", of),
  cell("mobile", "1381234567", { status: "wrong", code: "phone_short", sealed: true }),
];
const cause = (count: number, rows = 0): PlanCause => ({
  field: "mobile",
  code: "phone_short",
  count,
  rows,
  wrong: true,
  fixable: false,
});
const tidied = (field: string, count: number): PlanCause => ({
  ...cause(count),
  field,
  code: "tidied",
  wrong: false,
});

// checked is an import whose rows the program has looked at, as it tells of them.
async function checked(
  rows: PlanRow[],
  sheets: string[],
  reply: Partial<PlanReply> = {},
  language: Language = "zh",
  part?: Partial<ImportCounts>,
) {
  const bridge = fakeBridge({ customers: 5 });
  const { job } = await bridge.imports.open("客户 90.xlsx");
  const counts = { ...nothing, tidied: 164 };
  if (part) Object.assign(counts, part);
  else for (const r of rows) counts[r.kind as keyof typeof counts] += 1;
  const { view } = bridge.imports;
  bridge.imports.view = async (j) => {
    const was = await view(j);
    const first = was.sheets[0];
    if (!first) throw new Error("no sheet");
    return {
      ...was,
      phase: "check",
      counts,
      sheets: sheets.map((name, index) => ({ ...first, index, name, chosen: true })),
    };
  };
  bridge.imports.rows = async ({ kind, cause: of, limit }) => {
    const bad = (r: PlanRow) =>
      r.kind === "wrong" || r.cells.some((c) => c.code !== "" && (!of || of === `${c.field}:${c.code}`));
    const found = rows.filter((r) => (kind === "all" || kind === "problems" || r.kind === kind) && (!of || bad(r)));
    const open = kind === "problems" ? found.filter(bad) : found;
    const base = { fields: ["name", "mobile", "phone"], counts, causes: [], tidied: [], undo: false };
    return { ...base, total: open.length, rows: open.slice(0, limit), ...reply };
  };
  return renderOn(<Wizard job={job} />, { bridge, language });
}

const joined = [
  row(0, 0, "wrong", short("甲公司")),
  row(1, 0, "merged", short("乙公司")),
  row(2, 1, "wrong", short("丙公司")),
  row(3, 1, "merged", short("丁公司")),
];

test("heading, causes and marks count the rows that are not written, also where joined rows have the same cells", async () => {
  const { user } = await checked(joined, ["客户表"], { causes: [cause(4, 2)] });
  const side = await screen.findByRole("complementary", { name: "2 行要改，1 类原因" });
  await waitFor(() =>
    expect(within(side).getByRole("heading", { name: "另有 2 处看一眼" }).previousElementSibling?.textContent).toMatch(
      /^手机.*2逐行看全部照写，标为待核$/,
    ),
  );
  const grid = screen.getByRole("grid", { name: "检查结果" });
  expect(within(grid).getAllByText("要改").length).toBe(2);
  expect(within(grid).getAllByText("看一眼").length).toBe(2);
  const [must] = within(side).getAllByRole("button", { name: /: 逐行看$/ });
  await user.click(must ?? side);
  await waitFor(() => {
    const shown = screen.getByRole("grid", { name: "检查结果" });
    expect(within(shown).getAllByText("要改").length).toBe(2);
    expect(within(shown).queryByText("看一眼")).toBeNull();
  });
});

test("a row that is not written for another one says which", async () => {
  const waiting = { ...row(1, 0, "wrong", [cell("name", "甲公司")]), joined: leader };
  await checked([row(0, 0, "wrong", short("甲公司")), waiting], ["客户表"], { causes: [cause(1, 2)] });
  const grid = await screen.findByRole("grid", { name: "检查结果" });
  expect(within(grid).getAllByText("要改").length).toBe(1);
  expect(within(grid).getByText("等另一行").title).toBe("和第 4 行是同一位客户，那一行改好了一起写入");
});

test("a wrong cell that gives way to another row's says so", async () => {
  await checked([row(0, 0, "merged", short("甲公司"))], ["客户表"], { causes: [cause(1)] });
  expect((await screen.findByRole("dialog", { name: "手机位数不够" })).textContent).toContain("写的是那一个");
});

const kept = (of: string, more: Partial<PlanCell> = {}) => [
  cell("name", of),
  cell("mobile", "1381234567", { status: "wrong", code: "phone_short", kept: true, ...more }),
];

test.each([
  ["kept as it was typed", row(0, 0, "new", kept("甲公司")), "新增"],
  ["kept, in a row that waits for another", { ...row(0, 0, "wrong", kept("甲公司")), joined: leader }, "等另一行"],
  ["of a row that changes nothing", row(0, 0, "same", short("甲公司")), "相同"],
] as const)("of a wrong cell that is %s nothing more is said", async (_, of, result) => {
  const { user } = await checked([of], ["客户表"], {}, "zh", { [of.kind]: 1 });
  await user.click(await screen.findByRole("tab", { name: /^全部/ }));
  const grid = await screen.findByRole("grid", { name: "检查结果" });
  const shown = await within(grid).findByText("1381234567");
  expect(within(grid).getAllByText(result).length).toBe(1);
  await user.click(shown);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(shown.parentElement?.className).toBe(within(grid).getByText("甲公司").parentElement?.className);
});

test("Enter changes a cell that was kept only to what is typed", async () => {
  const { bridge, user } = await checked([row(0, 0, "new", kept("甲公司", { suggest: "13812345670" }))], ["客户表"]);
  const asked: unknown[] = [];
  bridge.imports.fix = async (request) => {
    asked.push(request);
    throw new Error("not asked for");
  };
  await user.click(await screen.findByRole("tab", { name: /^全部/ }));
  const grid = await screen.findByRole("grid", { name: "检查结果" });
  await user.click(await within(grid).findByText("1381234567"));
  await user.keyboard("{Control>}{Enter}{/Control}{Enter}");
  expect(await screen.findByRole<HTMLInputElement>("textbox", { name: "改「手机」" })).toHaveProperty(
    "value",
    "1381234567",
  );
  expect(asked).toEqual([]);
});

test.each([
  ["zh", "不改也能继续，这些行先不写入，可以另存成一张表"],
  ["en", "You can go on as it is: these rows are left out, and can be saved in a sheet of their own"],
] as const)("rows that must change are said to be left out, in %s", async (language, text) => {
  await checked([row(0, 0, "wrong", short("甲公司"))], ["客户表"], { causes: [cause(1, 1)] }, language);
  expect(await screen.findByText(text)).toBeTruthy();
});

// The first row that waits for such a cell may have one of another cause itself.
test("a cause is repaired by its name, not by a row", async () => {
  const { bridge, user } = await checked([row(0, 0, "wrong", short("甲公司"))], ["客户表"], { causes: [cause(1, 1)] });
  const asked: FixRequest[] = [];
  const { rows } = bridge.imports;
  bridge.imports.fix = async (request) => {
    asked.push(request);
    return rows({ job: request.job, kind: "all", cause: "", offset: 0, limit: 1 });
  };
  await user.click(await screen.findByRole("button", { name: "手机位数不够: 全部照写，标为待核" }));
  await waitFor(() =>
    expect(asked).toMatchObject([{ field: "mobile", code: "phone_short", action: "keep", all: true }]),
  );
});

test("what must be changed counts rows, what is to be looked at the cells that are left", () => {
  const { must, look } = shareCauses([cause(3, 2), cause(2), cause(1, 1)]);
  expect(must.map((c) => c.count)).toEqual([2, 1]);
  expect(look.map((c) => c.count)).toEqual([1, 2]);
});

test("a repaired cause stays in its place with nothing left, a new one stands last", () => {
  const [a, b, c] = [tidied("name", 3), tidied("mobile", 2), tidied("email", 1)];
  expect(steady([a, b], [c, { ...b, count: 1 }])).toEqual([{ ...a, count: 0 }, { ...b, count: 1 }, c]);
  expect(steady([{ ...a, count: 0 }], [a])).toEqual([a]);
});

test("each line of what was tidied names its field", async () => {
  const tidy = [tidied("province", 48), tidied("city", 48), tidied("district", 48), tidied("address", 20)];
  await checked([row(0, 0, "new", [cell("name", "甲公司")])], ["客户表"], { tidied: tidy });
  const part = await screen.findByRole("heading", { name: "已自动整理 164 处" });
  const lines = [...(part.parentElement?.querySelectorAll("button") ?? [])].map((b) => b.textContent);
  expect(lines).toEqual(["省：补成全称48", "市：补成全称48", "区：补成全称48", "详细地址：分出省市区20"]);
});

test.each([
  ["zh", ["省：认不出地区", "市：认不出地区"]],
  ["en", ["Province: unknown place", "City: unknown place"]],
] as const)("causes of a region name their field, in %s", async (language, want) => {
  const place = (field: string) => ({ ...cause(1), field, code: "place_unknown", wrong: false });
  await checked(
    [row(0, 0, "new", [cell("name", "甲公司")])],
    ["客户表"],
    { causes: [place("province"), place("city")] },
    language,
  );
  const side = await screen.findByRole("complementary");
  await waitFor(() =>
    expect(
      within(side)
        .getAllByRole("button")
        .map((b) => b.textContent),
    ).toContain(`${want[0]}1`),
  );
  expect(within(side).getByText(want[1], { exact: false })).toBeTruthy();
});

test("two causes with one sentence name their fields", () => {
  const of = (field: string, code: string) => ({ ...cause(1), field, code });
  const all = [of("mobile", "number_damaged"), of("phone", "number_damaged"), of("mobile", "phone_short")];
  const say = (_: string, code: string) => (code === "number_damaged" ? "坏" : "短");
  expect(textsOf(all, say, (field, text) => `${field}：${text}`)).toEqual(["mobile：坏", "phone：坏", "短"]);
});

test.each([
  [{ new: 2, review: 2, newReview: 2 }, "待查重 2，先按新建写入"],
  [{ new: 1, same: 2, review: 3, newReview: 1 }, "待查重 1，先按新建写入"],
  [{ new: 1, same: 2, review: 2 }, undefined],
])("rows to review are said to be written only where they are new: %j", async (part, said) => {
  const { user } = await checked([row(0, 0, "new", [cell("name", "甲公司")])], ["客户表"], {}, "zh", part);
  await user.click(await screen.findByRole("button", { name: "下一步：查重" }));
  expect(await screen.findByText(/^新建 \d，更新/)).toBeTruthy();
  expect(screen.queryByText(/先按新建写入/)?.textContent).toBe(said);
  expect(screen.getByRole("tab", { name: new RegExp(`^待查重 ?${part.review}`) })).toBeTruthy();
});

test("what a row is like is named once, also where the book and a row have it", async () => {
  const book = { id: "c1", name: "甲置业有限公司", sheet: 0, row: 0 };
  const like = [book, { ...book, id: "", row: 7 }, { ...book, id: "c2", name: "乙公司" }];
  const { user } = await checked([{ ...row(0, 0, "review", [cell("name", "甲公司")]), review: like }], ["客户表"]);
  await user.click(await screen.findByRole("button", { name: "下一步：查重" }));
  await user.click(await screen.findByRole("tab", { name: /^待查重/ }));
  const matches = await screen.findByRole("grid", { name: "对应的客户" });
  expect(await within(matches).findByText("甲置业有限公司、乙公司")).toBeTruthy();
});

test("rows of several sheets say which sheet they stand in", async () => {
  const { user } = await checked(joined, ["客户表", "联系人表"], { causes: [cause(4)] });
  const grid = await screen.findByRole("grid", { name: "检查结果" });
  const places = await within(grid).findAllByTitle(/第 4 行/);
  expect(places.map((p) => [p.textContent, p.title])).toEqual([
    ["客户表 4", "「客户表」第 4 行"],
    ["联系人表 4", "「联系人表」第 4 行"],
  ]);
  // The cursor stands on the cell, not on the column beside it.
  expect(await screen.findByRole("dialog", { name: /^手机/ })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "下一步：查重" }));
  const matches = await screen.findByRole("grid", { name: "对应的客户" });
  expect((await within(matches).findByTitle("「客户表」第 5 行")).textContent).toBe("客户表 5");
  // Where it stands has its own line, so that the name does not hide it.
  const others = within(matches).getAllByTitle("甲公司 「客户表」第 4 行");
  expect(others.map((o) => [...o.children].map((line) => line.textContent))).toEqual([
    ["甲公司", "客户表 4"],
    ["甲公司", "客户表 4"],
  ]);
  expect(screen.getByText(/^和「客户表」第 4 行是同一位客户/)).toBeTruthy();
  expect(screen.getByRole("columnheader", { name: "「客户表」第 5 行" })).toBeTruthy();
});

test("one sheet needs no name beside the number", async () => {
  await checked(joined, ["客户表"], { causes: [cause(4)] });
  await within(await screen.findByRole("grid", { name: "检查结果" })).findAllByRole("rowheader");
  expect(screen.queryByText("客户表")).toBeNull();
});

test.each([
  ["never for a value of the file", "", false],
  ["where the book has one", "138****5678", true],
])("values are said to be masked %s", async (_, old, said) => {
  const cells = [cell("name", "甲公司"), cell("mobile", "138 1234 9999", { sealed: true, old })];
  const { user } = await checked([row(0, 0, "updated", cells, "甲公司")], ["客户表"]);
  await user.click(await screen.findByRole("button", { name: "下一步：查重" }));
  await screen.findByRole("complementary", { name: "并入后会变成这样" });
  expect(screen.queryByText("加密的值遮住显示") !== null).toBe(said);
});
