import { useQueries } from "@tanstack/react-query";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { PlanCause } from "../../bridge/types/imports";
import { causeKey, type PlanKind } from "./usePlan";

// Part is a cause with the rows that its line leads to.
export interface Part {
  cause: PlanCause;
  kind: PlanKind;
}

// useWrongRows counts, by the keys of causes, the rows that will not be written
// for them: a cause counts cells, also of rows that are joined with another.
export function useWrongRows(job: string, causes: readonly PlanCause[]): ReadonlyMap<string, number> {
  const bridge = useBridge();
  const asked = causes.filter((c) => c.wrong).map((c) => causeKey(c));
  const found = useQueries({
    queries: asked.map((cause) => ({
      queryKey: keys.planRows(job, { wrongRows: cause }),
      queryFn: async () => (await bridge.imports.rows({ job, kind: "wrong", cause, offset: 0, limit: 1 })).total,
    })),
  });
  return new Map(asked.map((cause, n) => [cause, found[n]?.data ?? 0]));
}

// shareCauses parts what must be changed, for which rows are not written, from
// what is only to be looked at. A row may be wrong by a cell of a row that it is
// joined with; such rows are in no cause's count of rows, and are taken from the
// cells that are left.
export function shareCauses(causes: readonly PlanCause[], wrong: number, rows: ReadonlyMap<string, number>) {
  const must: Part[] = [];
  const look: Part[] = [];
  const known = (c: PlanCause) => (wrong > 0 && c.wrong ? Math.min(rows.get(causeKey(c)) ?? 0, c.count) : 0);
  let short = wrong - causes.reduce((n, c) => n + known(c), 0);
  for (const cause of causes) {
    const own = known(cause);
    const borrowed = cause.wrong ? Math.max(0, Math.min(short, cause.count - own)) : 0;
    short -= borrowed;
    const count = own + borrowed;
    const left = cause.count - count;
    if (count > 0) must.push({ cause: { ...cause, count }, kind: borrowed > 0 ? "problems" : "wrong" });
    if (left > 0) look.push({ cause: { ...cause, count: left, wrong: false }, kind: "problems" });
  }
  return { must, look };
}

// byField adds up what was tidied in one field: how it was done is a detail.
export function byField(causes: readonly PlanCause[]): PlanCause[] {
  const out = new Map<string, PlanCause>();
  for (const cause of causes) {
    const known = out.get(cause.field);
    out.set(cause.field, { ...cause, code: "", count: cause.count + (known?.count ?? 0) });
  }
  return [...out.values()].sort((a, b) => b.count - a.count);
}
