// The flat data of package app's customers.go, field for field.

// FieldView describes one field of the schema to the window.
export interface FieldView {
  id: string;
  section: string;
  nameZh: string;
  nameEn: string;
  type: string;
  options: string[];
  optionsEn: string[];
  sealed: boolean;
  // Writable is false where the member's role may only read.
  writable: boolean;
  readable: boolean;
}

// SectionView describes one section and what the member may do in it.
export interface SectionView {
  id: string;
  nameZh: string;
  nameEn: string;
  sealed: boolean;
  // Keeper is the department that keeps the section; empty for none.
  keeper: string;
  // Level is none, masked, read, append or write.
  level: string;
}

// SchemaReply is the order in which cards, columns and forms show fields.
export interface SchemaReply {
  sections: SectionView[];
  fields: FieldView[];
}

// Filter is one condition; all of a request's must hold.
export interface Filter {
  field: string;
  // Op is is, not, contains, starts, empty, filled, before, after, min, max,
  // last4 (sealed phone) or conflict (field "*": any).
  op: string;
  values: string[];
}

// ListRequest asks for one page of the list.
export interface ListRequest {
  text: string;
  filters: Filter[];
  // Sort is a field id, or "created" or "changed"; Desc turns it round.
  sort: string;
  desc: boolean;
  // Fields are the columns wanted.
  fields: string[];
  offset: number;
  // Limit is at most 500.
  limit: number;
  // Batch shows the customers of one import only; Deleted the recycle bin.
  batch: string;
  deleted: boolean;
}

// Cell is one value as the list shows it.
export interface Cell {
  // Text is the value as people read it; for a sealed one its masked form.
  text: string;
  sealed: boolean;
  // Conflicts is how many other values stand beside this one.
  conflicts: number;
  // Flag is a quality code to look at, or empty.
  flag: string;
}

// Row is one customer in the list; Cells follow the request's Fields.
export interface Row {
  id: string;
  name: string;
  person: boolean;
  conflicts: number;
  flags: number;
  pending: boolean;
  cells: Cell[];
}

// ListReply is one page and the exact count of the whole query.
export interface ListReply {
  total: number;
  rows: Row[];
  // Millis is what the query took in Go.
  millis: number;
  // Revision rises with every change of the book.
  revision: number;
}

// Author is who wrote something, where and when.
export interface Author {
  memberId: string;
  member: string;
  department: string;
  device: string;
  // At is the device's own time, Arrived the relay's; RFC 3339, empty if none.
  at: string;
  arrived: string;
  // Me is true for the member at this desk.
  me: boolean;
}

// Source is the cell of a file that a value came from.
export interface Source {
  batch: string;
  file: string;
  sheet: string;
  row: number;
}

// ValueView is one value of one field on the card.
export interface ValueView {
  field: string;
  // Text is for reading, Raw for editing; Raw is empty for a sealed value
  // until it was revealed.
  text: string;
  raw: string;
  sealed: boolean;
  // State is ok, empty, masked, unreadable (sealed, no key) or waiting (its
  // salt has not arrived).
  state: string;
  flag: string;
  others: number;
  author: Author | null;
  source: Source | null;
}

// CustomerView is one customer's card.
export interface CustomerView {
  id: string;
  name: string;
  person: boolean;
  owner: string;
  department: string;
  stage: string;
  deleted: boolean;
  pending: boolean;
  values: ValueView[];
  conflicts: string[];
  tags: string[];
  // Differs names the fields that are otherwise today, when it is the past
  // that is shown; sealed ones by what they hold, not by their masks.
  differs: string[];
  revision: number;
}

// FieldValue is a field and the text a person typed for it.
export interface FieldValue {
  field: string;
  text: string;
}

// SetRequest writes values of one customer; an empty text clears.
export interface SetRequest {
  id: string;
  values: FieldValue[];
}

// SetReply is sent after the change is on disk.
export interface SetReply {
  id: string;
  // Change names the change, to undo only this one; empty if nothing differed.
  change: string;
  values: ValueView[];
}

// NewRequest makes a customer.
export interface NewRequest {
  values: FieldValue[];
}

// CheckRequest normalises what is being typed, without writing.
export interface CheckRequest {
  field: string;
  text: string;
}

// CheckReply is how the text would be kept, and what to look at.
export interface CheckReply {
  text: string;
  flag: string;
  exists: string[];
}

// RevealRequest shows sealed values of one customer.
export interface RevealRequest {
  id: string;
  fields: string[];
  // Change shows them as they stood right after a change; empty for today.
  change: string;
}

// RevealReply holds them until the window masks them again.
export interface RevealReply {
  values: ValueView[];
  // Seconds until the window must mask them.
  seconds: number;
}

// SearchHit is one line of the palette.
export interface SearchHit {
  id: string;
  name: string;
  detail: string;
  matched: string;
}

// SearchReply is what the palette shows, best first.
export interface SearchReply {
  total: number;
  hits: SearchHit[];
}

// ExportRequest writes a file of the customers that a list shows.
export interface ExportRequest {
  // Format is xlsx, csv or json.
  format: string;
  // List picks customers and columns; its offset and limit do not count.
  list: ListRequest;
  sealed: boolean;
}

// FileReply names a file that was written; Count is customers or rows.
export interface FileReply {
  path: string;
  count: number;
}
