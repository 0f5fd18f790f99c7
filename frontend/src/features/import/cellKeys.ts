import type { KeyboardEvent } from "react";
import type { FixRequest, PlanCell, PlanRow } from "../../bridge/types/imports";
import type { I18n } from "../../i18n";
import { isProblem, type Words } from "./words";

export type CellAct = ({ kind: "fix" } & Pick<FixRequest, "action" | "text" | "all">) | { kind: "edit"; text: string };

// CellContext is what a cell needs to be repaired where it stands.
export interface CellContext {
  t: I18n["t"];
  words: Words;
  // What is being typed into the cell under the cursor, or null.
  editing: string | null;
  onEdit: (text: string) => void;
  onStop: () => void;
  onAct: (what: CellAct) => void;
}

export const fix = (action: string, all = false, text = ""): CellAct => ({ kind: "fix", action, text, all });

// pressInCell says what a key does to the cell under the cursor; a suggestion is
// taken only where it is shown.
export function pressInCell(event: KeyboardEvent, row?: PlanRow, cell?: PlanCell): CellAct | undefined {
  const ctrl = event.ctrlKey || event.metaKey;
  if (!row || !cell) return undefined;
  const suggested = cell.suggest !== "" && isProblem(row, cell);
  switch (event.key) {
    case "Enter":
      if (event.altKey) return fix("keep");
      if (ctrl) return suggested ? fix("suggest", true) : undefined;
      return suggested ? fix("suggest") : { kind: "edit", text: cell.raw };
    case "F2":
      return { kind: "edit", text: cell.raw };
    case "Delete":
    case "Backspace":
      return fix("empty");
    default:
      return event.key.length === 1 && !ctrl && !event.altKey ? { kind: "edit", text: event.key } : undefined;
  }
}
