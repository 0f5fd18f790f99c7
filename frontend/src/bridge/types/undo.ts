// The flat data of undoing an import, of package app's imports.go, field for field.
import type { Author } from "./customers";

// UndoRequest asks for the preview of an undo, or carries it out.
export interface UndoRequest {
  batch: string;
  // Kind of rows wanted: kept, restored or removed. Undo takes redo, to go back.
  kind: string;
  offset: number;
  limit: number;
  // Force lists customers that are set back although they were edited since.
  force: string[];
}

// UndoRow is what the undo does with one customer.
export interface UndoRow {
  id: string;
  // Sheet is one of the reply's, in which it stands in Row; 0 when not known.
  sheet: number;
  row: number;
  name: string;
  // Kind is removed, restored or kept; Why is edited, merged or denied.
  kind: string;
  why: string;
  by: Author | null;
  field: string;
  imported: string;
  now: string;
  // MayForce: it is kept, and the member may set it back all the same.
  mayForce: boolean;
}

// UndoState is how far the undo of an import is.
export interface UndoState {
  batch: string;
  // Phase is idle, undoing, redoing, stopped, done or failed.
  phase: string;
  done: number;
  total: number;
  // What is undone, once it is stopped or done.
  removed: number;
  restored: number;
  kept: number;
  // Back is how many customers a stopped redo has brought back.
  back: number;
  // Error is the wire code of what stopped it, or empty.
  error: string;
}

// UndoSheet is a sheet that rows of an import came from.
export interface UndoSheet {
  index: number;
  file: string;
  name: string;
}

// UndoReply is the preview of an undo.
export interface UndoReply {
  batch: string;
  file: string;
  removed: number;
  restored: number;
  kept: number;
  total: number;
  // Sheets are all that were imported, not only those of Rows.
  sheets: UndoSheet[];
  rows: UndoRow[];
  // Denied is true when the member may not undo this batch.
  denied: boolean;
}
