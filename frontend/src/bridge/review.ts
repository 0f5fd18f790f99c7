import type { Call } from "./call";
import type { CheckReply, SetReply } from "./types/customers";
import type { AtRequest } from "./types/history";
import type { ConflictRequest, ConflictsReply, ConflictView, RejectedReply, ResolveRequest } from "./types/review";

// Fields with two values, and edits that the book did not take.
export interface ReviewService {
  conflicts(): Promise<ConflictsReply>;
  conflict(request: ConflictRequest): Promise<ConflictView>;
  revealConflict(request: ConflictRequest): Promise<ConflictView>;
  resolve(request: ResolveRequest): Promise<SetReply>;
  takeBack(request: AtRequest): Promise<SetReply>;
  rejected(): Promise<RejectedReply>;
  // The text of a rejected edit, to be copied.
  rejectedText(item: string): Promise<CheckReply>;
  discard(item: string): Promise<RejectedReply>;
}

export function reviewService(call: Call): ReviewService {
  return {
    conflicts: () => call("Review", "Conflicts"),
    conflict: (request) => call("Review", "Conflict", request),
    revealConflict: (request) => call("Review", "RevealConflict", request),
    resolve: (request) => call("Review", "Resolve", request),
    takeBack: (request) => call("Review", "TakeBack", request),
    rejected: () => call("Review", "Rejected"),
    rejectedText: (item) => call("Review", "RejectedText", item),
    discard: (item) => call("Review", "Discard", item),
  };
}
