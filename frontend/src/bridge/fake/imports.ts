import { AppError } from "../errors";
import type { ImportsService } from "../imports";
import type { Book } from "./book";

// The import wizard's fake; it has no past imports yet.
export function fakeImports(_book: Book): ImportsService {
  const none = async (): Promise<never> => {
    throw new AppError("not_found");
  };
  return {
    pick: none,
    open: none,
    addFile: none,
    view: none,
    sheet: none,
    chooseSheet: none,
    columns: none,
    map: none,
    option: none,
    plan: none,
    rows: none,
    fix: none,
    undoFix: none,
    write: none,
    cancel: none,
    resume: none,
    discard: none,
    problems: none,
    past: async () => ({ imports: [] }),
    undoPreview: none,
    undo: none,
    undoReport: none,
  };
}
