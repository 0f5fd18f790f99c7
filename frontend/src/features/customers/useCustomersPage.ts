import { useQuery } from "@tanstack/react-query";
import type { InputRef } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import { go, goReplace } from "../../lib/route";
import { shown } from "./layout";
import { everything, type ListState, listRequest } from "./query";
import { useLayout } from "./useLayout";
import { usePageKeys } from "./usePageKeys";
import { useRows } from "./useRows";
import type { Schema } from "./useSchema";

// useCustomersPage is the state of list and card: what is asked, which row is
// active, which card is open (the address says it), and what is being made.
export function useCustomersPage(path: readonly string[], schema: Schema) {
  const [layout, setLayout] = useLayout();
  const [state, setState] = useState<ListState>(everything);
  const [active, setActiveRow] = useState(-1);
  const [filtering, setFiltering] = useState(false);
  const [exporting, setExporting] = useState(false);
  const [creating, setCreating] = useState<string | null>(null);
  const searchRef = useRef<InputRef>(null);
  const listRef = useRef<HTMLDivElement>(null);
  const [first = "", second = ""] = path;
  const asked = ["batch", "search", "new", "bin"].includes(first);
  const openID = asked ? "" : first;
  const asPage = second === "page" && openID !== "";
  useEffect(() => {
    const jump = (to: Partial<ListState>) => {
      setState({ ...everything, ...to });
      setActiveRow(-1);
    };
    if (first === "batch") jump({ batch: second });
    if (first === "search") jump({ text: second });
    if (first === "bin") jump({ view: "deleted" });
    if (first === "new") setCreating(second);
  }, [first, second]);

  const columns = useMemo(() => shown(layout, schema), [layout, schema]);
  const request = useMemo(
    () =>
      listRequest(
        state,
        layout,
        columns.map((c) => c.id),
      ),
    [state, layout, columns],
  );
  const rows = useRows(request);
  const counts = useCounts();

  // What was asked for by the address leaves it with the first change, so that it
  // can be asked for again.
  const change = (next: Partial<ListState>) => {
    setState((old) => ({ ...old, ...next }));
    setActiveRow(-1);
    if (asked) goReplace("customers");
  };
  const openAt = (index: number) => {
    const row = rows.rowAt(index);
    if (row) go("customers", row.id);
  };
  // With a card open, moving along the list moves the card too.
  const setActive = (index: number) => {
    setActiveRow(index);
    const row = rows.rowAt(index);
    if (openID && row) goReplace("customers", row.id);
  };
  const focusGrid = () => {
    listRef.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
    if (active < 0 && rows.total > 0) setActiveRow(0);
  };
  const close = () => {
    go("customers");
    focusGrid();
  };
  const togglePage = () => (asPage ? go("customers", openID) : go("customers", openID, "page"));
  const startNew = (name: string) => setCreating(name);
  const blocked = creating !== null || exporting;
  usePageKeys(blocked, {
    search: () => searchRef.current?.focus({ cursor: "all" }),
    create: () => startNew(""),
    page: openID ? togglePage : null,
    close: openID ? close : null,
    history: openID ? () => go("history", openID) : null,
    step: openID && !asPage ? (by) => setActive(Math.min(rows.total - 1, Math.max(0, active + by))) : null,
    filter: () => setFiltering((on) => !on),
    move: (by) => {
      if (active >= 0) setActive(Math.min(rows.total - 1, Math.max(0, active + by)));
      focusGrid();
    },
    open: active >= 0 ? () => openAt(active) : null,
  });
  return {
    state,
    layout,
    setLayout,
    rows,
    request,
    exporting,
    setExporting,
    columns,
    counts: counts.counts,
    counted: counts.ready,
    active,
    setActive,
    openAt,
    openID,
    asPage,
    togglePage,
    close,
    change,
    filtering,
    toggleFilters: () => setFiltering((on) => !on),
    creating,
    startNew,
    stopNew: () => {
      setCreating(null);
      if (first === "new") goReplace("customers");
    },
    searchRef,
    listRef,
    focusGrid,
  };
}

// useCounts are the exact numbers beside the views.
function useCounts() {
  const bridge = useBridge();
  const request = {
    ...listRequest(everything, { columns: [], row: "default", sort: { field: "", desc: false }, card: 0 }, []),
    limit: 1,
  };
  const all = useQuery({ queryKey: keys.list(request), queryFn: () => bridge.customers.list(request) });
  const conflicts = useQuery({
    queryKey: keys.list({ ...request, filters: [{ field: "*", op: "conflict", values: [] }] }),
    queryFn: () => bridge.customers.list({ ...request, filters: [{ field: "*", op: "conflict", values: [] }] }),
  });
  // A book without customers is empty, or all of them were removed.
  const bin = useQuery({
    queryKey: keys.list({ ...request, deleted: true }),
    queryFn: () => bridge.customers.list({ ...request, deleted: true }),
    enabled: all.data?.total === 0,
  });
  return {
    ready: all.data !== undefined && (all.data.total > 0 || bin.data !== undefined),
    counts: { all: all.data?.total ?? 0, conflicts: conflicts.data?.total ?? 0, deleted: bin.data?.total ?? 0 },
  };
}
