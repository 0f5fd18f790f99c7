import type { CustomersService } from "../customers";
import { AppError } from "../errors";
import type { CustomerView, Filter, ListRequest, Row } from "../types/customers";
import { type Book, type Stored, sealed } from "./book";
import { check, mask, show } from "./check";
import { author } from "./people";
import { fieldOf, schema } from "./schema";

const collator = new Intl.Collator("zh-Hans-CN-u-co-pinyin", { numeric: true });

export function fakeCustomers(book: Book): CustomersService {
  const answer = async <T>(value: T): Promise<T> => value;
  return {
    schema: () => answer(schema),
    list: async (request) => {
      const started = performance.now();
      const found = query(book, request);
      const page = found.slice(request.offset, request.offset + Math.min(request.limit, 500));
      const rows = page.map((c) => row(c, request.fields));
      return { total: found.length, rows, millis: performance.now() - started, revision: book.revision };
    },
    get: async (id) => view(book, book.find(id)),
    check: async ({ field, text }) => {
      const checked = check(field, text);
      const exists = ["name", "uscc", "mobile"].includes(field)
        ? book.customers.filter((c) => checked.text !== "" && c.values.get(field) === checked.text).map((c) => c.id)
        : [];
      return { ...checked, exists };
    },
    create: async ({ values }) => {
      const texts = Object.fromEntries(values.map((v) => [v.field, check(v.field, v.text).text]));
      if (!texts.name) throw new AppError("invalid", { field: "name" });
      const by = author("liqiang", book.now().toISOString());
      const made = book.insert(false, { owner: by.member, department: by.department, ...texts }, by, null);
      made.pending = true;
      book.changed("customers:changed", [made.id]);
      return { id: made.id, change: made.history[0]?.change ?? "", values: book.views(made) };
    },
    set: async ({ id, values }) => {
      const c = book.find(id);
      for (const { field } of values) if (!fieldOf(field)?.writable) throw new AppError("denied", { field });
      const change = book.write(
        c,
        values.map((v) => [v.field, check(v.field, v.text).text]),
        "edit",
      );
      return { id, change, values: values.map((v) => book.view(c, v.field, true)) };
    },
    delete: async (id) => erase(book, id, true),
    undelete: async (id) => erase(book, id, false),
    reveal: async ({ id, fields, change }) => ({
      values: fields.map((f) => revealed(book, id, f, change)),
      seconds: 30,
    }),
    search: async (text) => {
      const needle = text.trim();
      if (needle === "") return { total: 0, hits: [] };
      const found = book.customers.filter((c) => !c.deleted && matches(c, needle));
      const hits = found.slice(0, 12).map((c) => ({
        id: c.id,
        name: c.name,
        detail: [c.values.get("stage"), c.values.get("owner"), c.values.get("department")].filter(Boolean).join(" · "),
        matched: c.name.includes(needle) ? "name" : "mobile",
      }));
      return { total: found.length, hits };
    },
    export: async (request) => ({ path: `/tmp/客户.${request.format}`, count: query(book, request.list).length }),
  };
}

// revealed opens a value of today, or of right after a change: what the next
// younger act on the field still remembers.
function revealed(book: Book, id: string, field: string, change: string) {
  const c = book.find(id);
  const now = book.view(c, field, true);
  const at = c.history.findIndex((h) => h.change === change);
  const younger = c.history.slice(0, Math.max(at, 0)).findLast((h) => book.raws.has(`${h.change} ${field}`));
  const was = younger && book.raws.get(`${younger.change} ${field}`)?.[0];
  return was === undefined ? now : { ...now, raw: was, text: show(field, was, false) };
}

function erase(book: Book, id: string, deleted: boolean) {
  const c = book.find(id);
  c.deleted = deleted;
  book.changed("customers:changed", [id]);
  return { id, change: book.nextChange(), values: [] };
}

function query(book: Book, request: ListRequest): Stored[] {
  const found = book.customers.filter(
    (c) =>
      c.deleted === request.deleted &&
      (request.text === "" || matches(c, request.text.trim())) &&
      (request.batch === "" || c.history.some((h) => h.source?.batch === request.batch)) &&
      request.filters.every((f) => holds(c, f)),
  );
  const { sort, desc } = request;
  if (sort === "" || sort === "created") return desc ? found.reverse() : found;
  const type = fieldOf(sort)?.type;
  const options = fieldOf(sort)?.options ?? [];
  const sign = desc ? -1 : 1;
  const value = (c: Stored) => c.values.get(sort) ?? "";
  const compare = (a: string, b: string) => {
    if (type === "amount") return Number(a) - Number(b);
    if (type === "choice") return options.indexOf(a) - options.indexOf(b);
    return type === "date" ? (a < b ? -1 : a > b ? 1 : 0) : collator.compare(a, b);
  };
  // Empty values stand last, whichever way.
  return found.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === "" || y === "") return x === y ? 0 : x === "" ? 1 : -1;
    return sign * compare(x, y);
  });
}

function matches(c: Stored, text: string): boolean {
  if (c.name.includes(text)) return true;
  const number = text.replace(/\s/g, "");
  return number.length >= 4 && /^\d+$/.test(number) && (c.values.get("mobile") ?? "").endsWith(number);
}

function holds(c: Stored, { field, op, values }: Filter): boolean {
  if (op === "conflict") return field === "*" ? c.others.size > 0 : c.others.has(field);
  const text = c.values.get(field) ?? "";
  const first = values[0] ?? "";
  const tests: Record<string, () => boolean> = {
    is: () => values.includes(text),
    not: () => !values.includes(text),
    contains: () => text.includes(first),
    starts: () => text.startsWith(first),
    empty: () => text === "",
    filled: () => text !== "",
    before: () => text !== "" && text < first,
    after: () => text !== "" && text > first,
    min: () => text !== "" && Number(text) >= Number(first),
    max: () => text !== "" && Number(text) <= Number(first),
    last4: () => first !== "" && text.endsWith(first),
  };
  return tests[op]?.() ?? false;
}

function row(c: Stored, fields: readonly string[]): Row {
  return {
    id: c.id,
    name: c.name,
    person: c.person,
    conflicts: c.others.size,
    flags: [...c.values].filter(([f, text]) => check(f, text).flag !== "").length,
    pending: c.pending,
    cells: fields.map((field) => {
      const text = c.values.get(field) ?? "";
      return {
        text: sealed(field) ? (fieldOf(field)?.readable ? mask(field, text) : "") : show(field, text, true),
        sealed: sealed(field),
        conflicts: c.others.get(field)?.length ?? 0,
        flag: text === "" ? "" : check(field, text).flag,
      };
    }),
  };
}

export function view(book: Book, c: Stored): CustomerView {
  return {
    id: c.id,
    name: c.name,
    person: c.person,
    owner: c.values.get("owner") ?? "",
    department: c.values.get("department") ?? "",
    stage: c.values.get("stage") ?? "",
    deleted: c.deleted,
    pending: c.pending,
    values: book.views(c),
    conflicts: [...c.others.keys()],
    tags: c.id === "c000001" ? ["年框", "上海工博会"] : [],
    differs: [],
    revision: book.revision,
  };
}
