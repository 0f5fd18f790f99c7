import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { HistoryEntry } from "../../bridge/types/history";

const page = 100;
const nothing: HistoryEntry[] = [];

// useHistory reads the newest acts, and older ones by the hundred.
export function useHistory(id: string, field: string) {
  const bridge = useBridge();
  const [limit, setLimit] = useState(page);
  const ask = { id, field, offset: 0, limit };
  const query = useQuery({
    queryKey: [...keys.history(id), ask],
    queryFn: () => bridge.history.list(ask),
    placeholderData: keepPreviousData,
  });
  return {
    entries: query.data?.entries ?? nothing,
    total: query.data?.total ?? 0,
    more: () => setLimit((n) => n + page),
    error: query.error,
  };
}
