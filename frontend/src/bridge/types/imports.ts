// The flat data of package app's imports.go, field for field.
import type { Author } from "./customers";

// ImportSheet is one sheet of an opened file.
export interface ImportSheet {
  index: number;
  file: string;
  name: string;
  rows: number;
  // Guess is customers, none, pivot, dictionary, empty or unsure.
  guess: string;
  hidden: boolean;
  chosen: boolean;
  encoding: string;
  // HeaderFrom and HeaderTo are rows counted from 1; 0 for no header.
  headerFrom: number;
  headerTo: number;
  lastRow: number;
}

// ImportView is where an import stands. Nothing is written before writing.
export interface ImportView {
  job: string;
  // Phase is reading, sheets, columns, planning, check, matches, writing,
  // paused, done, undone or failed.
  phase: string;
  files: string[];
  sheets: ImportSheet[];
  // Done of Total rows, while reading, planning and writing.
  done: number;
  total: number;
  counts: ImportCounts;
  batch: string;
  // Repairs is how many were made in the plan; a change of sheets or columns
  // drops them.
  repairs: number;
  // Before is when the same file was imported earlier; RFC 3339 or empty.
  before: string;
  millis: number;
  // Error is the wire code of what stopped it, or empty.
  error: string;
}

// ImportCounts adds up a plan or a result.
export interface ImportCounts {
  new: number;
  updated: number;
  same: number;
  merged: number;
  review: number;
  // NewReview are those of review that are new, and so written as such.
  newReview: number;
  wrong: number;
  tidied: number;
  // Values of updated customers, empty before or not.
  filled: number;
  changed: number;
}

// SheetRequest asks for raw rows of one sheet, or sets its header.
export interface SheetRequest {
  job: string;
  sheet: number;
  offset: number;
  limit: number;
  chosen: boolean;
  headerFrom: number;
  headerTo: number;
}

// RawRow is one row as the file has it.
export interface RawRow {
  row: number;
  // Kind is title, note, header, data, blank or total.
  kind: string;
  hidden: boolean;
  cells: string[];
}

// RawRowsReply is one page of a sheet.
export interface RawRowsReply {
  columns: string[];
  rows: RawRow[];
}

// ImportColumn is one column and where it goes, in one sheet or several alike.
export interface ImportColumn {
  sheet: number;
  sheets: number[];
  column: string;
  header: string;
  samples: string[];
  // Field is a field id, a composite key such as tel, or empty to leave out.
  field: string;
  // Reason is name, alias, content, similar, remembered, chosen, rownumber or none.
  reason: string;
  // Look is true when a person should look at it.
  look: boolean;
  written: string;
  options: ImportOption[];
}

// ImportOption is one spelling of a choice and what it equals.
export interface ImportOption {
  text: string;
  count: number;
  value: string;
}

// ColumnsReply is the mapping step.
export interface ColumnsReply {
  columns: ImportColumn[];
  targets: string[];
}

// MapRequest sends a column elsewhere.
export interface MapRequest {
  job: string;
  sheet: number;
  column: string;
  field: string;
}

// OptionRequest says what a spelling equals.
export interface OptionRequest {
  job: string;
  sheet: number;
  column: string;
  text: string;
  value: string;
}

// PlanRequest asks for rows of a PlanKind; Cause narrows to one kind of problem.
export interface PlanRequest {
  job: string;
  kind: string;
  cause: string;
  offset: number;
  limit: number;
}

// PlanCell is one cell of the plan.
export interface PlanCell {
  field: string;
  text: string;
  raw: string;
  // Old is what the customer has now; Changed says that writing would change it.
  old: string;
  changed: boolean;
  // Status is ok, tidied, look or wrong; Kept says that a person left it at that.
  status: string;
  code: string;
  suggest: string;
  // Alike is how many cells have the same problem and the same remedy.
  alike: number;
  kept: boolean;
  sealed: boolean;
}

// PlanRow is one row of the plan.
export interface PlanRow {
  index: number;
  sheet: number;
  row: number;
  kind: string;
  // Into is the customer that the row updates.
  into: string;
  intoName: string;
  why: string;
  cells: PlanCell[];
  // Joined is the row that a merged one is written with.
  joined: PlanOther;
  // Review are customers that a new one may be.
  review: PlanOther[];
}

// PlanOther is a customer of the book, by id, or a row of the same import, by place.
export interface PlanOther {
  id: string;
  name: string;
  sheet: number;
  row: number;
}

// PlanCause counts one kind of problem.
export interface PlanCause {
  field: string;
  code: string;
  count: number;
  // Rows is how many are not written for it, by a cell of their own or a joined row's.
  rows: number;
  // Wrong is false for cells that should only be looked at.
  wrong: boolean;
  // Fixable is true when all can be repaired alike.
  fixable: boolean;
}

// PlanReply is one page of the plan with its counts.
export interface PlanReply {
  total: number;
  fields: string[];
  rows: PlanRow[];
  counts: ImportCounts;
  causes: PlanCause[];
  tidied: PlanCause[];
  undo: boolean;
}

// FixRequest repairs one cell, or all with the same problem: as the row of Index
// has it or, where Code is not empty, as a PlanCause names it.
export interface FixRequest {
  job: string;
  index: number;
  field: string;
  code: string;
  // Action is text (use Text), suggest, keep (write as it is, marked) or empty.
  action: string;
  text: string;
  all: boolean;
}

// PastImport is one line of the list of imports.
export interface PastImport {
  batch: string;
  file: string;
  by: Author;
  rows: number;
  counts: ImportCounts;
  undone: boolean;
  // Open is true for a draft or an interrupted import that can go on.
  open: boolean;
  job: string;
  // Elsewhere is another computer's: its rows are customers, its counts not known.
  elsewhere: boolean;
}

// PastReply lists imports, newest first.
export interface PastReply {
  imports: PastImport[];
}

// PickReply is what was chosen in the host's file dialog.
export interface PickReply {
  paths: string[];
}

// FileRequest adds one more file to an import that is being prepared.
export interface FileRequest {
  job: string;
  path: string;
}
