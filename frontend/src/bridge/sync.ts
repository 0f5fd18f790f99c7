import type { Call } from "./call";
import type { PendingReply, SyncStatus } from "./types/sync";

// The relay, as the person at the desk sees it.
export interface SyncService {
  status(): Promise<SyncStatus>;
  now(): Promise<SyncStatus>;
  setRelay(address: string): Promise<SyncStatus>;
  pending(): Promise<PendingReply>;
}

export function syncService(call: Call): SyncService {
  return {
    status: () => call("Sync", "Status"),
    now: () => call("Sync", "Now"),
    setRelay: (address) => call("Sync", "SetRelay", address),
    pending: () => call("Sync", "Pending"),
  };
}
