import type {
  FixRequest,
  ImportCounts,
  PlanCause,
  PlanCell,
  PlanOther,
  PlanReply,
  PlanRequest,
  PlanRow,
} from "../types/imports";
import type { Book } from "./book";
import { sealed } from "./book";
import { check, mask, show } from "./check";
import type { Flag } from "./codes";
import { dataOf, type FakeFile, levelOf, sheetRow } from "./sheets";

interface Problem {
  raw: string;
  status: "wrong" | "look";
  code: Flag;
  suggest: string;
}

interface Fix {
  text: string;
  keep: boolean;
}

export const noCounts: ImportCounts = {
  new: 0,
  updated: 0,
  same: 0,
  merged: 0,
  review: 0,
  newReview: 0,
  wrong: 0,
  tidied: 0,
  filled: 0,
  changed: 0,
};

const nobody: PlanOther = { id: "", name: "", sheet: 0, row: 0 };
const none: Readonly<Record<string, Problem>> = {};
const planFields = ["name", "contact", "mobile", "address", "level", "contract_amount"];
const equal: Record<string, string> = { A: "重点", A类: "重点", "1": "重点", B: "普通", "2": "普通", C: "一般" };

// Plan is what the fake says about the rows of a file; repairs are kept beside
// the rows, so that they can be taken back.
export class Plan {
  private fixes = new Map<string, Fix>();
  private steps: [string, Fix | undefined][][] = [];
  private problems: number[] = [];
  private made = new Map<number, Readonly<Record<string, Problem>>>();

  constructor(
    private readonly book: Book,
    private readonly file: FakeFile,
    private readonly sheet: number,
  ) {
    if (file.clean) return;
    for (let i = 0; i < file.count; i++) if (i % 18 === 3) this.problems.push(i);
  }

  counts(): ImportCounts {
    const out = { ...noCounts };
    for (let i = 0; i < this.file.count; i++) {
      out[this.kind(i)]++;
      if (this.review(i)) out.review++;
    }
    out.newReview = out.review;
    out.tidied = Math.floor(this.file.count * 2.6);
    return out;
  }

  reply(request: PlanRequest): PlanReply {
    const all = this.indexes(request);
    return {
      total: all.length,
      fields: planFields,
      rows: all.slice(request.offset, request.offset + request.limit).map((i) => this.row(i)),
      counts: this.counts(),
      causes: this.causes(),
      tidied: this.tidied(),
      undo: this.steps.length > 0,
    };
  }

  fix(request: FixRequest): void {
    const cell = this.cell(request.index, request.field);
    const code = request.code || this.problem(request.index, request.field)?.code;
    const rows = request.all && code ? this.alike(request.field, code) : [request.index];
    const step: [string, Fix | undefined][] = [];
    for (const i of rows) {
      const key = `${i}:${request.field}`;
      step.push([key, this.fixes.get(key)]);
      const own = this.problem(i, request.field);
      const text = { text: request.text, suggest: own?.suggest ?? "", keep: own?.raw ?? cell.raw, empty: "" }[
        request.action
      ];
      this.fixes.set(key, { text: text ?? "", keep: request.action === "keep" });
    }
    this.steps.push(step);
  }

  undoFix(): void {
    for (const [key, before] of this.steps.pop() ?? []) {
      if (before) this.fixes.set(key, before);
      else this.fixes.delete(key);
    }
  }

  // kind of row i, as it would be written now.
  kind(i: number): "new" | "updated" | "same" | "merged" | "wrong" {
    if (i % 18 === 3 && planFields.some((f) => this.problem(i, f)?.status === "wrong")) return "wrong";
    if (this.book.customers.length > 0 && i % 6 === 2) return "updated";
    if (this.book.customers.length > 0 && i % 6 === 4) return "same";
    return i % 200 === 55 ? "merged" : "new";
  }

  // review rows are new ones that share a number with a customer.
  private review(i: number): boolean {
    return i % 33 === 7 && this.kind(i) === "new";
  }

  values(i: number): Record<string, string> {
    const { values } = dataOf(i);
    return { ...values, level: equal[levelOf(i)] ?? levelOf(i), address: values.address ?? "" };
  }

  target(i: number) {
    return this.book.customers[i % Math.max(1, this.book.customers.length)];
  }

  private indexes({ kind, cause }: PlanRequest): number[] {
    const [field = "", code = ""] = cause.replace("tidied:", "").split(":");
    if (cause.startsWith("tidied:")) return this.all().filter((i) => this.cell(i, field).status === "tidied");
    const base = kind === "problems" || cause ? this.problems.filter((i) => this.open(i)) : this.all();
    const alike = cause ? base.filter((i) => this.problem(i, field)?.code === code) : base;
    if (kind === "problems" || kind === "all") return alike;
    if (kind === "review") return alike.filter((i) => this.review(i));
    return alike.filter((i) => this.kind(i) === kind);
  }

  private all(): number[] {
    return Array.from({ length: this.file.count }, (_, i) => i);
  }

  private open(i: number): boolean {
    return planFields.some((f) => this.problem(i, f) !== undefined);
  }

  private problem(i: number, field: string): Problem | undefined {
    const found = this.found(i)[field];
    const fix = this.fixes.get(`${i}:${field}`);
    if (!fix) return found;
    if (fix.keep || fix.text === "") return undefined;
    const { flag } = check(field, fix.text);
    return flag ? { raw: fix.text, status: "wrong", code: flag, suggest: "" } : undefined;
  }

  // Made once: counting asks for every row again.
  private found(i: number): Readonly<Record<string, Problem>> {
    if (this.file.clean || i % 18 !== 3) return none;
    const known = this.made.get(i);
    if (known) return known;
    const values = this.values(i);
    const all: Record<string, Problem> = {};
    for (const field of planFields) {
      const problem = injected(Math.floor(i / 18), field, values);
      if (problem) all[field] = problem;
    }
    this.made.set(i, all);
    return all;
  }

  private alike(field: string, code: string): number[] {
    return this.problems.filter((i) => this.problem(i, field)?.code === code);
  }

  private other(i: number): PlanOther {
    return { id: "", name: this.values(i).name ?? "", sheet: this.sheet, row: sheetRow(i) };
  }

  private row(i: number): PlanRow {
    const kind = this.kind(i);
    const into = kind === "updated" || kind === "same" ? this.target(i) : undefined;
    return {
      index: i,
      sheet: this.sheet,
      row: sheetRow(i),
      kind,
      into: into?.id ?? "",
      intoName: into?.name ?? "",
      joined: kind === "merged" ? this.other(i - 1) : nobody,
      review: [],
      why: into ? (i % 4 === 0 ? "uscc" : i % 4 === 1 ? "phone" : "name") : this.review(i) ? "phone" : "",
      cells: planFields.map((f) => this.cell(i, f)),
    };
  }

  private cell(i: number, field: string): PlanCell {
    const kind = this.kind(i);
    const into = kind === "updated" || kind === "same" ? this.target(i) : undefined;
    const fix = this.fixes.get(`${i}:${field}`);
    const kept = fix?.keep ?? false;
    const problem = kept ? this.found(i)[field] : this.problem(i, field);
    const changes = kind === "updated" && (field === "address" || field === "contract_amount");
    const old = into?.values.get(field) ?? "";
    const value = fix?.text ?? problem?.raw ?? (into && !changes ? old : (this.values(i)[field] ?? ""));
    const hidden = sealed(field) && !problem;
    return {
      field,
      text: problem ? value : hidden ? mask(field, value) : show(field, value, true),
      raw: problem?.raw ?? value,
      old: into ? (hidden ? mask(field, old) : show(field, old, true)) : "",
      changed: (into === undefined || changes) && value !== "" && old !== value,
      status: problem?.status ?? (field === "mobile" && i % 3 === 0 ? "tidied" : "ok"),
      code: problem?.code ?? "",
      suggest: problem?.suggest ?? "",
      alike: problem && !kept ? this.alike(field, problem.code).length : 0,
      kept,
      sealed: sealed(field),
    };
  }

  private causes(): PlanCause[] {
    const out = new Map<string, PlanCause>();
    for (const i of this.problems) {
      for (const field of planFields) {
        const p = this.problem(i, field);
        if (!p) continue;
        const key = `${field}:${p.code}`;
        const cause = out.get(key) ?? {
          field,
          code: p.code,
          count: 0,
          rows: 0,
          wrong: p.status === "wrong",
          fixable: p.suggest !== "",
        };
        const held = cause.wrong && this.kind(i) === "wrong" ? 1 : 0;
        out.set(key, { ...cause, count: cause.count + 1, rows: cause.rows + held });
      }
    }
    return [...out.values()].sort((a, b) => Number(b.wrong) - Number(a.wrong) || b.count - a.count);
  }

  private tidied(): PlanCause[] {
    const part = (field: string, share: number): PlanCause => ({
      field,
      code: "",
      count: Math.floor(this.file.count * share),
      rows: 0,
      wrong: false,
      fixable: false,
    });
    return [part("mobile", 0.89), part("address", 0.79), part("contract_amount", 0.71), part("name", 0.21)];
  }
}

function injected(n: number, field: string, values: Record<string, string>): Problem | undefined {
  const mobile = values.mobile ?? "";
  const wrong = (raw: string, code: Flag, suggest = ""): Problem => ({ raw, status: "wrong", code, suggest });
  const look = (raw: string, code: Flag, suggest = ""): Problem => ({ raw, status: "look", code, suggest });
  switch (`${n % 8} ${field}`) {
    case "0 mobile":
      return wrong("1.86521E+10", "number_damaged");
    case "0 contract_amount":
      return look("面议", "amount_unknown");
    case "1 mobile":
      return look(`${mobile}/15257505038`, "several_numbers", mobile);
    case "2 mobile":
      return wrong(`${mobile.slice(0, 10)}O`, "phone_chars", `${mobile.slice(0, 10)}0`);
    case "3 mobile":
      return wrong(mobile.slice(0, 10), "phone_short");
    case "4 address":
      return look("横店", "place_ambiguous", "浙江省金华市东阳市横店镇");
    case "5 name":
      return wrong("", "name_missing");
    case "6 contract_amount":
      return wrong("2026-11", "amount_unknown");
    case "7 mobile":
      return look("0550-3012244", "phone_not_mobile");
    default:
      return undefined;
  }
}
