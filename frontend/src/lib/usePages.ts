import { keepPreviousData, type QueryKey, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

export interface Pages<R, P> {
  // The first page, with whatever the reply says about the whole.
  first: P | undefined;
  rowAt: (index: number) => R | undefined;
  onRange: (from: number, to: number) => void;
  error: unknown;
}

interface Options<R, P> {
  size: number;
  enabled?: boolean;
  // Read anew each time a screen shows it.
  fresh?: boolean;
  key: (offset: number) => QueryKey;
  read: (offset: number) => Promise<P>;
  rows: (page: P) => readonly R[];
}

// usePages reads a list of any length page by page: the first one always, the
// others only while they are in view.
export function usePages<R, P>(options: Options<R, P>): Pages<R, P> {
  const { size } = options;
  const [range, setRange] = useState({ from: 0, to: 0 });
  const enabled = options.enabled ?? true;
  const query = (offset: number) => ({ queryKey: options.key(offset), queryFn: () => options.read(offset), enabled });
  const again = options.fresh ? ({ refetchOnMount: "always" } as const) : {};
  const first = useQuery({ ...query(0), ...again, placeholderData: keepPreviousData });
  const wanted = useMemo(() => {
    const all = Array.from({ length: range.to - range.from + 1 }, (_, n) => (range.from + n) * size);
    return all.filter((offset) => offset > 0);
  }, [range, size]);
  const others = useQueries({ queries: wanted.map((offset) => ({ ...query(offset), gcTime: 60_000 })) });
  const loaded = new Map<number, P>();
  if (first.data !== undefined) loaded.set(0, first.data);
  wanted.forEach((offset, n) => {
    const page = others[n]?.data;
    if (page !== undefined) loaded.set(offset, page);
  });
  const rowAt = (index: number) => {
    const offset = Math.floor(index / size) * size;
    const page = loaded.get(offset);
    return page === undefined ? undefined : options.rows(page)[index - offset];
  };
  const onRange = useCallback(
    (from: number, to: number) => {
      const next = { from: Math.floor(from / size), to: Math.floor(to / size) };
      setRange((old) => (old.from === next.from && old.to === next.to ? old : next));
    },
    [size],
  );
  return { first: first.data, rowAt, onRange, error: first.error };
}
