// Keys of the query cache. Data never grows old by itself (staleTime Infinity);
// shell/Invalidate.tsx drops what an event says has changed.
export const keys = {
  start: () => ["start"] as const,
  settings: () => ["settings"] as const,
  sync: () => ["sync"] as const,
  pending: () => ["sync", "pending"] as const,
  schema: () => ["schema"] as const,
  customers: () => ["customers"] as const,
  list: (request: unknown) => ["customers", "list", request] as const,
  customer: (id: string) => ["customers", "one", id] as const,
  search: (text: string) => ["customers", "search", text] as const,
  history: (id: string) => ["customers", "history", id] as const,
  conflicts: () => ["conflicts"] as const,
  conflict: (id: string, field: string) => ["conflicts", "one", id, field] as const,
  rejected: () => ["rejected"] as const,
  imports: () => ["imports"] as const,
  job: (job: string) => ["imports", "job", job] as const,
} as const;
