// The flat data of package app's review.go, field for field.
import type { Author, Source } from "./customers";
import type { HistoryEntry, HistoryValue } from "./history";

// ConflictItem is one line of the queue of fields with two values.
export interface ConflictItem {
  id: string;
  name: string;
  field: string;
  authors: string[];
  at: string;
}

// DecidedItem is a conflict somebody settled lately, here or elsewhere.
export interface DecidedItem {
  id: string;
  name: string;
  field: string;
  change: string;
  by: Author;
  // Used is whose value was taken; empty when another was written.
  used: string;
}

// ConflictsReply is the queue and what was decided lately.
export interface ConflictsReply {
  total: number;
  items: ConflictItem[];
  decided: DecidedItem[];
}

// ConflictRequest names one field of one customer.
export interface ConflictRequest {
  id: string;
  field: string;
}

// ConflictSide is one of the values that stand beside each other.
export interface ConflictSide {
  // Op names the value, for Resolve.
  op: string;
  // Text is masked for a sealed field until it is revealed.
  text: string;
  author: Author;
  source: Source | null;
  flag: string;
  // Leads is true for the value that lists show.
  leads: boolean;
  // Along is what the same change wrote beside it.
  along: HistoryValue[];
}

// ConflictView is the card with all values and their authors.
export interface ConflictView {
  id: string;
  name: string;
  field: string;
  sealed: boolean;
  before: string;
  source: Source | null;
  sides: ConflictSide[];
  // Why the leading value leads: program (no rule applies).
  why: string;
  past: HistoryEntry[];
  // Seconds until the window must mask sealed values again; 0 while masked.
  seconds: number;
}

// ResolveRequest settles a conflict: with the side Op, or, when Op is empty,
// with a new text.
export interface ResolveRequest {
  id: string;
  field: string;
  op: string;
  text: string;
}

// RejectedItem is an edit that the book did not take.
export interface RejectedItem {
  id: string;
  item: string;
  name: string;
  // Code is the wire code of the refusal.
  code: string;
  at: string;
  values: HistoryValue[];
  // Kept are fields of the same edit that the book took.
  kept: string[];
}

// RejectedReply is the tray.
export interface RejectedReply {
  items: RejectedItem[];
}
