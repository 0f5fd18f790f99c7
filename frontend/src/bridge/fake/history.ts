import { AppError } from "../errors";
import type { HistoryService } from "../history";
import type { Book } from "./book";
import { view } from "./customers";

// The past of one customer, newest first.
export function fakeHistory(book: Book): HistoryService {
  return {
    list: async ({ id, field, offset, limit }) => {
      const all = book.find(id).history.filter((h) => field === "" || h.values.some((v) => v.field === field));
      return { total: all.length, entries: all.slice(offset, offset + limit) };
    },
    at: async ({ id, change }) => {
      const c = book.find(id);
      const at = c.history.findIndex((h) => h.change === change);
      if (at < 0) throw new AppError("not_found");
      const then = view(book, c);
      // Newest to oldest: what an act changed after the asked one is put back.
      for (const act of c.history.slice(0, at)) {
        for (const v of act.values) {
          const [before] = book.raws.get(`${act.change} ${v.field}`) ?? [];
          const differs = before !== undefined && before !== (c.values.get(v.field) ?? "");
          then.differs = [...then.differs.filter((f) => f !== v.field), ...(differs ? [v.field] : [])];
          then.values = then.values.map((x) => (x.field === v.field ? { ...x, text: v.before, raw: v.before } : x));
        }
      }
      return then;
    },
    restore: async ({ id, change, fields, undo }) => {
      const c = book.find(id);
      const at = c.history.findIndex((h) => h.change === change);
      if (at < 0) throw new AppError("not_found");
      // Undo takes what stood before the act; restore what stood after it,
      // which the next younger act on the field still remembers.
      const was = (field: string): string | undefined => {
        if (undo) return book.raws.get(`${change} ${field}`)?.[0];
        const younger = c.history.slice(0, at).findLast((h) => book.raws.has(`${h.change} ${field}`));
        return younger ? book.raws.get(`${younger.change} ${field}`)?.[0] : undefined;
      };
      const values = fields.flatMap((f): [string, string][] => {
        const text = was(f);
        return text === undefined ? [] : [[f, text]];
      });
      return {
        id,
        change: book.write(c, values, undo ? "undo" : "restore"),
        values: fields.map((f) => book.view(c, f)),
      };
    },
  };
}
