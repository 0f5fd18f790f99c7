import type { ImportColumn, ImportSheet, RawRow } from "../types/imports";
import { type Invented, invent } from "./invent";

// What the invented files hold: a title, a note, a header, rows, one blank row
// and a total at the end.
export const headerRow = 3;
const blankAfter = 9;
const titles = ["序号", "单位名称", "联系人", "手机", "地址", "客户类型", "预计金额（万元）", "纳税人识别号", "备注"];
const levels = ["A", "A类", "1", "B", "2", "普通", "C", "一般"];

export interface FakeFile {
  name: string;
  count: number;
  clean: boolean;
}

// fakeFile reads the number of rows out of the name: 客户100000.xlsx has so
// many, and "clean" or 干净 in it makes it one without problems.
export function fakeFile(path: string): FakeFile {
  const name = path.split(/[\\/:]/).at(-1) ?? path;
  const digits = /(\d{2,6})(?=\D*$)/.exec(name.replace(/\d{4}(?=年|\s)/, ""));
  const count = digits ? Number(digits[1]) : 1219;
  return { name, count: Math.min(200_000, count), clean: /clean|干净/.test(name) };
}

export function sheetsOf(file: FakeFile, from: number): ImportSheet[] {
  const sheet = (index: number, name: string, rows: number, guess: string): ImportSheet => ({
    index: from + index,
    file: file.name,
    name,
    rows,
    guess,
    hidden: guess === "none",
    chosen: guess === "customers",
    encoding: file.name.endsWith(".csv") ? "GB18030" : "",
    headerFrom: guess === "customers" ? headerRow : 0,
    headerTo: guess === "customers" ? headerRow : 0,
    lastRow: guess === "customers" ? sheetRow(rows - 1) : rows,
  });
  if (file.name.endsWith(".csv")) return [sheet(0, file.name, file.count, "customers")];
  return [
    sheet(0, "客户名单", file.count, "customers"),
    sheet(1, "汇总透视", 18, "pivot"),
    sheet(2, "说明", 6, "none"),
  ];
}

// sheetRow is where data row i stands in the sheet, counted from 1.
export function sheetRow(i: number): number {
  return headerRow + 1 + i + (i >= blankAfter ? 1 : 0);
}

export function dataOf(i: number): Invented {
  return invent(3000 + i, new Date(2026, 10, 18));
}

export function levelOf(i: number): string {
  return levels[i % levels.length] ?? "";
}

export function rawRows(sheet: ImportSheet, offset: number, limit: number): RawRow[] {
  if (sheet.guess !== "customers") return plainRows(sheet, offset, limit);
  const last = sheet.lastRow + 1;
  const out: RawRow[] = [];
  for (let row = offset + 1; row <= Math.min(last, offset + limit); row++) out.push(rawRow(row, sheet, last));
  return out;
}

function rawRow(row: number, sheet: ImportSheet, last: number): RawRow {
  const kind = (of: string, cells: string[]): RawRow => ({ row, kind: of, hidden: false, cells });
  if (row >= sheet.headerFrom && row <= sheet.headerTo) return kind("header", row === headerRow ? titles : []);
  if (row === 1) return kind("title", ["2026 秋季工博会客户汇总表"]);
  if (row === 2) return kind("note", ["填表人：王芳", "", "日期：2026.9.30", "", "注：标黄的为重点"]);
  if (row === last) return kind("total", ["", "合计", "", "", "", "", "28,417.6"]);
  const i = row - headerRow - 1 - (row > headerRow + 1 + blankAfter ? 1 : 0);
  if (row === headerRow + 1 + blankAfter) return kind("blank", []);
  if (row === headerRow) return kind("data", titles);
  const v = dataOf(i).values;
  const amount = v.contract_amount ? String(Number(v.contract_amount) / 10_000) : "";
  const place = `${v.province ?? ""}${v.city ?? ""}${v.address ?? ""}`;
  return kind("data", [
    String(i + 1),
    v.name ?? "",
    v.contact ?? "",
    v.mobile ?? "",
    place,
    levelOf(i),
    amount,
    v.uscc ?? "",
    i % 5 === 0 ? "要求含税，交期 45 天" : "",
  ]);
}

function plainRows(sheet: ImportSheet, offset: number, limit: number): RawRow[] {
  const all = Array.from({ length: sheet.rows }, (_, n) => ({
    row: n + 1,
    kind: "data",
    hidden: false,
    cells: sheet.guess === "pivot" ? [`区域 ${n + 1}`, String((n + 3) * 17)] : [`说明第 ${n + 1} 条`],
  }));
  return all.slice(offset, offset + limit);
}

// columnsOf gives the columns of sheets, which all have the same headers here.
export function columnsOf(sheets: readonly ImportSheet[]): ImportColumn[] {
  const [sheet] = sheets;
  if (!sheet) return [];
  const at = (i: number) => rawRows(sheet, sheetRow(i) - 1, 1)[0]?.cells ?? [];
  const rows = [at(0), at(1), at(2)];
  const goes: [field: string, reason: string, look: boolean, written: (raw: string) => string][] = [
    ["", "rownumber", false, () => ""],
    ["name", "alias", false, (t) => t],
    ["contact", "name", false, (t) => t],
    ["mobile", "name", false, (t) => t],
    ["full_address", "alias", false, (t) => t],
    ["level", "similar", true, () => "重点"],
    [
      "contract_amount",
      "similar",
      false,
      (t) => (t === "" ? "" : `¥${(Number(t) * 10_000).toLocaleString("en-US")}.00`),
    ],
    ["uscc", "content", false, (t) => t],
    ["remark", "name", false, (t) => t],
  ];
  return goes.map(([field, reason, look, written], c) => ({
    sheet: sheet.index,
    sheets: sheets.map((s) => s.index),
    column: String.fromCharCode(65 + c),
    header: titles[c] ?? "",
    samples: rows.map((r) => r[c] ?? "").filter((t) => t !== ""),
    field,
    reason,
    look,
    written: written(rows[0]?.[c] ?? ""),
    options: field === "level" ? options(sheets.reduce((n, s) => n + s.rows, 0)) : [],
  }));
}

function options(rows: number) {
  const equal: Record<string, string> = {
    A: "重点",
    A类: "重点",
    "1": "重点",
    B: "普通",
    "2": "普通",
    普通: "普通",
    C: "一般",
    一般: "一般",
  };
  const each = Math.floor(rows / levels.length);
  const known = levels.map((text, n) => ({ text, count: Math.max(1, each - n), value: equal[text] ?? "" }));
  return [...known, { text: "战略", count: 14, value: "" }];
}

export const importTargets = [
  "name",
  "uscc",
  "industry",
  "full_address",
  "province",
  "city",
  "district",
  "address",
  "source",
  "founded",
  "owner",
  "remark",
  "contact",
  "tel",
  "mobile",
  "phone",
  "email",
  "id_number",
  "level",
  "contract_no",
  "contract_amount",
  "stage",
  "next_contact",
];
