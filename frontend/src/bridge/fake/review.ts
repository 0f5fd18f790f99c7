import { AppError } from "../errors";
import type { ReviewService } from "../review";
import type { ConflictSide, ConflictView } from "../types/review";
import { type Book, type Side, sealed } from "./book";
import { show } from "./check";
import { refusal } from "./codes";

// Fields with two values, and edits that were not taken.
export function fakeReview(book: Book): ReviewService {
  // What stood before a decision, so that it can be taken back.
  const settled = new Map<string, { field: string; text: string; others: Side[] }>();
  const conflict = (id: string, field: string, revealed: boolean): ConflictView => {
    const c = book.find(id);
    const others = c.others.get(field);
    const leading = book.authorOf(c, field);
    if (!others || !leading) throw new AppError("not_found");
    // What the same change wrote beside this field.
    const along = (by: ConflictSide["author"]) =>
      c.history
        .find((h) => h.author.at === by.at && h.author.memberId === by.memberId)
        ?.values.filter((v) => v.field !== field) ?? [];
    const read = (text: string) => (revealed ? show(field, text, false) : book.read(field, text));
    const side = (op: string, text: string, by: ConflictSide["author"], leads: boolean): ConflictSide => ({
      op,
      text: read(text),
      author: by,
      source: null,
      flag: "",
      leads,
      along: along(by),
    });
    return {
      id,
      name: c.name,
      field,
      sealed: sealed(field),
      before: c.history.flatMap((h) => h.values).find((v) => v.field === field)?.before ?? "",
      source: c.history.at(-1)?.source ?? null,
      sides: [
        side("op-lead", c.values.get(field) ?? "", leading, true),
        ...others.map((o) => side(o.op, o.text, o.author, false)),
      ],
      why: "program",
      past: c.history.filter((h) => h.values.some((v) => v.field === field)),
      seconds: revealed && sealed(field) ? 30 : 0,
    };
  };
  return {
    conflicts: async () => {
      const items = book.customers.flatMap((c) =>
        c.deleted
          ? []
          : [...c.others].map(([field, sides]) => ({
              id: c.id,
              name: c.name,
              field,
              authors: [book.authorOf(c, field)?.member ?? "", ...sides.map((s) => s.author.member)],
              at: sides[0]?.author.at ?? "",
            })),
      );
      return { total: items.length, items, decided: book.decided };
    },
    conflict: async ({ id, field }) => conflict(id, field, false),
    revealConflict: async ({ id, field }) => conflict(id, field, true),
    resolve: async ({ id, field, op, text }) => {
      const c = book.find(id);
      const other = c.others.get(field)?.find((s) => s.op === op);
      const before = { field, text: c.values.get(field) ?? "", others: c.others.get(field) ?? [] };
      if (before.others.length === 0) throw refusal("conflict", "settled");
      const value = op === "" ? text : (other?.text ?? c.values.get(field) ?? "");
      const leader = book.authorOf(c, field)?.member ?? "";
      const change = book.write(c, [[field, value]], "resolve");
      settled.set(change, before);
      const by = c.history[0]?.author;
      if (by) {
        const used = op === "" ? "" : (other?.author.member ?? leader);
        book.decided = [{ id, name: c.name, field, change, by, used }, ...book.decided];
      }
      return { id, change, values: [book.view(c, field)] };
    },
    takeBack: async ({ id, change }) => {
      const decided = book.decided.find((d) => d.change === change);
      if (!decided) throw new AppError("not_found");
      book.decided = book.decided.filter((d) => d !== decided);
      const before = settled.get(change);
      if (before) {
        book.write(book.find(id), [[before.field, before.text]], "undo");
        book.find(id).others.set(before.field, before.others);
      }
      book.changed("conflicts:changed", [id]);
      return { id, change: book.nextChange(), values: [] };
    },
    rejected: async () => ({ items: book.rejected }),
    rejectedText: async (item) => {
      const found = book.rejected.find((r) => r.item === item);
      return { text: found?.values.map((v) => v.after).join("\n") ?? "", flag: "", exists: [] };
    },
    discard: async (item) => {
      book.rejected = book.rejected.filter((r) => r.item !== item);
      book.changed("rejected:changed", []);
      return { items: book.rejected };
    },
  };
}
