import { AppError } from "../errors";
import type { EventName, Events } from "../events";
import type { Author, Source, ValueView } from "../types/customers";
import type { HistoryEntry, HistoryValue } from "../types/history";
import type { DecidedItem, RejectedItem } from "../types/review";
import { check, mask, show } from "./check";
import { invent } from "./invent";
import { author, type PersonID } from "./people";
import { fieldOf, schema } from "./schema";

export interface Side {
  op: string;
  text: string;
  author: Author;
}

export interface Stored {
  id: string;
  name: string;
  person: boolean;
  deleted: boolean;
  pending: boolean;
  // Canonical texts.
  values: Map<string, string>;
  written: Map<string, Author>;
  // Values beside the leading one, by field.
  others: Map<string, Side[]>;
  history: HistoryEntry[];
}

type Emit = <N extends EventName>(name: N, payload: Events[N]) => void;

// Book is the fake's memory: one invented company, made the same each time.
export class Book {
  customers: Stored[] = [];
  decided: DecidedItem[] = [];
  rejected: RejectedItem[] = [];
  revision = 1;
  // What an act wrote, unmasked: "change field" to before and after.
  readonly raws = new Map<string, [before: string, after: string]>();
  private changes = 0;
  private byID = new Map<string, Stored>();

  constructor(
    readonly now: () => Date,
    private readonly emit: Emit,
  ) {}

  fill(count: number): void {
    const today = this.now();
    const at = new Date(today.getTime() - 40 * 86_400_000).toISOString();
    for (let i = 0; i < count; i++) {
      const made = invent(i, today);
      this.insert(made.person, made.values, author(made.writer, at), {
        batch: "batch-1",
        file: "客户表2024.xlsx",
        sheet: "客户",
        row: i + 4,
      });
    }
  }

  clear(): void {
    this.customers = [];
    this.byID.clear();
    this.decided = [];
    this.rejected = [];
    this.changed("customers:changed", []);
  }

  insert(person: boolean, values: Record<string, string>, by: Author, source: Source | null): Stored {
    const id = `c${String(this.customers.length + 1).padStart(6, "0")}`;
    const kept = Object.entries(values).filter(([, text]) => text !== "");
    const stored: Stored = {
      id,
      name: values.name ?? "",
      person,
      deleted: false,
      pending: false,
      values: new Map(kept),
      written: new Map(),
      others: new Map(),
      history: [],
    };
    stored.history.push({
      change: this.nextChange(),
      author: by,
      cause: source ? "import" : "create",
      source,
      values: [],
      pending: false,
      concurrent: false,
      hidden: 0,
    });
    this.customers.push(stored);
    this.byID.set(id, stored);
    return stored;
  }

  find(id: string): Stored {
    const found = this.byID.get(id);
    if (!found) throw new AppError("not_found");
    return found;
  }

  // write sets values as one act, keeps the act in the history and tells.
  write(c: Stored, values: readonly [string, string][], cause: string, who: PersonID = "liqiang"): string {
    const by = author(who, this.now().toISOString());
    const acts: HistoryValue[] = [];
    const raws: [string, string, string][] = [];
    for (const [field, text] of values) {
      const before = c.values.get(field) ?? "";
      if (before === text && !c.others.has(field)) continue;
      acts.push({ field, before: this.read(field, before), after: this.read(field, text), sealed: sealed(field) });
      raws.push([field, before, text]);
      if (text === "") c.values.delete(field);
      else c.values.set(field, text);
      c.written.set(field, by);
      c.others.delete(field);
      if (field === "name") c.name = text;
    }
    if (acts.length === 0) return "";
    const change = this.nextChange();
    for (const [field, before, after] of raws) this.raws.set(`${change} ${field}`, [before, after]);
    c.history.unshift({
      change,
      author: by,
      cause,
      source: null,
      values: acts,
      pending: c.pending,
      concurrent: false,
      hidden: 0,
    });
    this.changed("customers:changed", [c.id]);
    this.changed("conflicts:changed", [c.id]);
    return change;
  }

  // apart lets a second person write a field without having seen the first.
  apart(c: Stored, field: string, text: string, who: PersonID, at: string): void {
    const side = { op: `op-${this.nextChange()}`, text, author: author(who, at) };
    c.others.set(field, [...(c.others.get(field) ?? []), side]);
    const before = c.history.find((h) => h.values.some((v) => v.field === field));
    const was = before?.values.find((v) => v.field === field)?.before ?? "";
    if (before) before.concurrent = true;
    c.history.unshift({
      change: this.nextChange(),
      author: side.author,
      cause: "edit",
      source: null,
      values: [{ field, before: was, after: this.read(field, text), sealed: sealed(field) }],
      pending: false,
      concurrent: true,
      hidden: 0,
    });
    this.changed("conflicts:changed", [c.id]);
    this.changed("customers:changed", [c.id]);
  }

  changed(name: "customers:changed" | "conflicts:changed" | "rejected:changed", ids: string[]): void {
    this.revision++;
    this.emit(name, { revision: this.revision, ids });
  }

  nextChange(): string {
    this.changes++;
    return `change-${String(this.changes).padStart(5, "0")}`;
  }

  read(field: string, text: string): string {
    return sealed(field) ? mask(field, text) : show(field, text, false);
  }

  authorOf(c: Stored, field: string): Author | null {
    return c.written.get(field) ?? c.history.at(-1)?.author ?? null;
  }

  view(c: Stored, field: string, revealed = false): ValueView {
    const f = fieldOf(field);
    const text = c.values.get(field) ?? "";
    const hidden = (f?.sealed ?? false) && !revealed;
    const state = text === "" ? "empty" : !f?.readable ? "unreadable" : hidden ? "masked" : "ok";
    const visible = state === "unreadable" ? "" : hidden ? mask(field, text) : show(field, text, false);
    return {
      field,
      text: visible,
      raw: state === "ok" ? text : "",
      sealed: f?.sealed ?? false,
      state,
      flag: text === "" ? "" : check(field, text).flag,
      others: c.others.get(field)?.length ?? 0,
      author: text === "" ? null : this.authorOf(c, field),
      source: text === "" || c.written.has(field) ? null : (c.history.at(-1)?.source ?? null),
    };
  }

  views(c: Stored): ValueView[] {
    return schema.fields.filter((f) => f.type !== "entries").map((f) => this.view(c, f.id));
  }
}

export function sealed(field: string): boolean {
  return fieldOf(field)?.sealed ?? false;
}
