import type { Call } from "./call";
import type { CustomerView, SetReply } from "./types/customers";
import type { AtRequest, HistoryReply, HistoryRequest, RestoreRequest } from "./types/history";

// The past of one customer.
export interface HistoryService {
  list(request: HistoryRequest): Promise<HistoryReply>;
  at(request: AtRequest): Promise<CustomerView>;
  restore(request: RestoreRequest): Promise<SetReply>;
}

export function historyService(call: Call): HistoryService {
  return {
    list: (request) => call("History", "List", request),
    at: (request) => call("History", "At", request),
    restore: (request) => call("History", "Restore", request),
  };
}
