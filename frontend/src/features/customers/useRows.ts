import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { ListReply, ListRequest, Row } from "../../bridge/types/customers";
import { pageSize } from "./query";

export interface Rows {
  total: number;
  // What was asked, whichever fields of it are shown.
  of: string;
  rowAt: (index: number) => Row | undefined;
  onRange: (from: number, to: number) => void;
  millis: number;
  // False until the first page of this query has arrived.
  ready: boolean;
  error: unknown;
}

// useRows pages through a list of any length: the first page always, the
// others only while they are in view. One question at a time: what is asked while
// an answer is on its way waits for it, and only the last of that is asked. So
// every key may ask, however slow the answers are.
export function useRows(wanting: ListRequest): Rows {
  const bridge = useBridge();
  const [range, setRange] = useState({ from: 0, to: 0 });
  const [request, setRequest] = useState(wanting);
  const read = (offset: number) => {
    const page = { ...request, offset };
    return { queryKey: keys.list(page), queryFn: () => bridge.customers.list(page) };
  };
  const first = useQuery({ ...read(0), placeholderData: keepPreviousData });
  if (request !== wanting && !first.isPending && !first.isPlaceholderData) setRequest(wanting);
  const wanted = useMemo(() => {
    const from = Math.floor(range.from / pageSize);
    const to = Math.floor(range.to / pageSize);
    return Array.from({ length: to - from + 1 }, (_, n) => (from + n) * pageSize).filter((offset) => offset > 0);
  }, [range]);
  const pages = useQueries({ queries: wanted.map((offset) => ({ ...read(offset), gcTime: 60_000 })) });
  const loaded = new Map<number, ListReply>();
  if (first.data) loaded.set(0, first.data);
  wanted.forEach((offset, n) => {
    const page = pages[n]?.data;
    if (page) loaded.set(offset, page);
  });
  const rowAt = (index: number) => {
    const offset = Math.floor(index / pageSize) * pageSize;
    return loaded.get(offset)?.rows[index - offset];
  };
  const onRange = useCallback((from: number, to: number) => {
    setRange((old) =>
      Math.floor(old.from / pageSize) === Math.floor(from / pageSize) &&
      Math.floor(old.to / pageSize) === Math.floor(to / pageSize)
        ? old
        : { from, to },
    );
  }, []);
  return {
    total: first.data?.total ?? 0,
    of: JSON.stringify({ ...request, fields: [] }),
    rowAt,
    onRange,
    millis: first.data?.millis ?? 0,
    ready: first.data !== undefined,
    error: first.error,
  };
}
