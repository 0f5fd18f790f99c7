import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { FixRequest, PlanCause, PlanReply, PlanRow } from "../../bridge/types/imports";
import { type Act, useAct } from "../../lib/useAct";
import { type Pages, usePages } from "../../lib/usePages";

const size = 200;

export type PlanKind = "all" | "problems" | "new" | "updated" | "same" | "merged" | "review";

export function usePlanRows(job: string, kind: PlanKind, cause: string, enabled: boolean): Pages<PlanRow, PlanReply> {
  const bridge = useBridge();
  const ask = { job, kind, cause };
  return usePages<PlanRow, PlanReply>({
    size,
    enabled,
    key: (offset) => keys.planRows(job, { ...ask, offset }),
    read: (offset) => bridge.imports.rows({ ...ask, offset, limit: size }),
    rows: (page) => page.rows,
  });
}

export type Repair = Omit<FixRequest, "job">;

export interface Repairs {
  // Both end when the rows on the screen are read anew.
  fix: Act<[repair: Repair], void>;
  undo: Act<[], void>;
  // Repairs all cells of a cause at once.
  fixAll: Act<[cause: PlanCause, action: "suggest" | "empty"], void>;
}

export function useRepairs(job: string): Repairs {
  const bridge = useBridge();
  const client = useQueryClient();
  const refresh = useCallback(async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.plan(job) }),
      client.invalidateQueries({ queryKey: keys.job(job) }),
    ]);
  }, [client, job]);
  const fix = useAct(async (repair: Repair) => {
    await bridge.imports.fix({ job, ...repair });
    await refresh();
  });
  const undo = useAct(async () => {
    await bridge.imports.undoFix(job);
    await refresh();
  });
  const fixAll = useAct(async (cause: PlanCause, action: "suggest" | "empty") => {
    const ask = { job, kind: "problems", cause: causeKey(cause), offset: 0, limit: 1 };
    const index = (await bridge.imports.rows(ask)).rows[0]?.index;
    if (index === undefined) return;
    await bridge.imports.fix({ job, index, field: cause.field, action, text: "", all: true });
    await refresh();
  });
  return { fix, undo, fixAll };
}

// causeKey names a kind of problem for PlanRequest.cause: field:code.
export function causeKey(cause: PlanCause): string {
  return `${cause.field}:${cause.code}`;
}
