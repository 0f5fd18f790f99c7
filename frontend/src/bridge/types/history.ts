// The flat data of package app's history.go, field for field.
import type { Author, Source } from "./customers";

// HistoryRequest asks for a customer's past, newest first.
export interface HistoryRequest {
  id: string;
  // Field narrows to one field; empty for all.
  field: string;
  offset: number;
  limit: number;
}

// HistoryValue is one field that an act changed. Sealed ones stay masked.
export interface HistoryValue {
  field: string;
  before: string;
  after: string;
  sealed: boolean;
}

// HistoryEntry is one act: an edit, an import row, a decision, an undo.
export interface HistoryEntry {
  change: string;
  author: Author;
  // Cause is edit, create, import, resolve, undo, restore, delete...
  cause: string;
  source: Source | null;
  values: HistoryValue[];
  pending: boolean;
  // Concurrent is true when somebody else wrote one of these fields apart.
  concurrent: boolean;
  // Hidden counts values of sections that the member may not read.
  hidden: number;
}

// HistoryReply is one page of the past.
export interface HistoryReply {
  total: number;
  entries: HistoryEntry[];
}

// AtRequest asks how a customer stood right after one change.
export interface AtRequest {
  id: string;
  change: string;
}

// RestoreRequest writes old values again as a new change.
export interface RestoreRequest {
  id: string;
  change: string;
  fields: string[];
  // Undo restores what stood before the change, not what it wrote.
  undo: boolean;
}
