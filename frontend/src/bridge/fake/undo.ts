import { AppError } from "../errors";
import type { ImportsService } from "../imports";
import type { PastImport } from "../types/imports";
import type { UndoReply, UndoRequest, UndoRow, UndoState } from "../types/undo";
import type { Book } from "./book";
import { author, type PersonID } from "./people";

type Undo = Pick<ImportsService, "undoPreview" | "undo" | "undoState" | "stopUndo" | "undoReport">;

// fakeUndo says what an undo would do with each customer of a batch. Every
// fortieth was edited since. It takes a moment, in which it can be stopped.
export function fakeUndo(book: Book, past: PastImport[]): Undo {
  const find = (batch: string): PastImport => {
    const found = past.find((p) => p.batch === batch);
    if (!found) throw new AppError("not_found");
    return found;
  };
  const reply = (request: UndoRequest): UndoReply => {
    const p = find(request.batch);
    const all = rowsOf(book, p, request.force);
    const of = (kind: string) => all.filter((r) => r.kind === kind);
    const wanted = of(request.kind || "kept");
    return {
      batch: request.batch,
      file: p.file,
      removed: of("removed").length,
      restored: of("restored").length,
      kept: of("kept").length,
      total: wanted.length,
      sheets: [{ index: 0, file: p.file, name: "客户" }],
      rows: wanted.slice(request.offset, request.offset + request.limit),
      denied: p.by.memberId === "zhaomin",
    };
  };
  const states = new Map<string, UndoState>();
  const idle = (batch: string): UndoState => ({
    batch,
    phase: "idle",
    done: 0,
    total: 0,
    removed: 0,
    restored: 0,
    kept: 0,
    back: 0,
    error: "",
  });
  const stateOf = (batch: string) => ({ ...(states.get(batch) ?? idle(batch)) });
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  return {
    undoPreview: async (request) => reply(request),
    undo: async (request) => {
      const p = find(request.batch);
      const { removed, restored, kept, denied } = reply(request);
      if (denied) throw new AppError("denied");
      const redo = request.kind === "redo";
      const total = removed + restored + kept;
      states.set(p.batch, { ...idle(p.batch), phase: redo ? "redoing" : "undoing", total });
      const end = () => {
        p.undone = !redo;
        if (redo) states.delete(p.batch);
        else states.set(p.batch, { ...idle(p.batch), phase: "done", removed, restored, kept });
        book.changed("customers:changed", []);
      };
      timers.set(p.batch, setTimeout(end, pace));
      return stateOf(p.batch);
    },
    undoState: async (batch) => stateOf(batch),
    stopUndo: async (batch) => {
      clearTimeout(timers.get(batch));
      const { phase } = stateOf(batch);
      if (phase === "undoing") states.set(batch, { ...idle(batch), phase: "stopped", removed: 1 });
      if (phase === "redoing") states.set(batch, { ...idle(batch), phase: "stopped", back: 1 });
      return stateOf(batch);
    },
    undoReport: async (batch) => ({ path: `撤销报告-${batch}.xlsx`, count: find(batch).rows }),
  };
}

// How long an undo lasts: long enough to stop it.
const pace = 300;

const editors: PersonID[] = ["wangfang", "liqiang", "chenjing", "shenjie"];
const fields = ["address", "contract_amount", "level", "source", "stage"];

function rowsOf(book: Book, p: PastImport, force: readonly string[]): UndoRow[] {
  const at = new Date(book.now().getTime() - 9 * 86_400_000).toISOString();
  return Array.from({ length: Math.min(p.rows, 20_000) }, (_, n) => {
    const c = book.customers[n % Math.max(1, book.customers.length)];
    const id = `${c?.id ?? "c"}-${n}`;
    const edited = n % 40 === 13 && !force.includes(id);
    const field = fields[n % fields.length] ?? "address";
    return {
      id,
      sheet: 0,
      row: n + 4,
      name: c?.name ?? "",
      kind: edited ? "kept" : n % 12 === 5 || force.includes(id) ? "restored" : "removed",
      why: edited ? "edited" : "",
      by: edited ? author(editors[n % editors.length] ?? "liqiang", at) : null,
      field,
      imported: edited ? (n % 3 === 0 ? "" : "普通") : "",
      now: c?.values.get(field) ?? "",
      mayForce: edited,
    };
  });
}
