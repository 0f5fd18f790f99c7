import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { FixRequest, PlanCause, PlanCell, PlanReply, PlanRow } from "../../bridge/types/imports";
import { type Act, useAct } from "../../lib/useAct";
import { type Pages, usePages } from "../../lib/usePages";

const size = 200;

export type PlanKind = "all" | "problems" | "new" | "updated" | "same" | "merged" | "review" | "wrong";

export function usePlanRows(job: string, kind: PlanKind, cause: string, enabled: boolean): Pages<PlanRow, PlanReply> {
  const bridge = useBridge();
  const ask = { job, kind, cause };
  return usePages<PlanRow, PlanReply>({
    size,
    enabled,
    key: (offset) => keys.planRows(job, { ...ask, offset }),
    read: async (offset) => dense(await bridge.imports.rows({ ...ask, offset, limit: size })),
    rows: (page) => page.rows,
  });
}

// dense gives every row one cell for each field of the plan, in its order: a
// row names only those it has.
function dense(reply: PlanReply): PlanReply {
  const rows = reply.rows.map((row) => {
    const cells = new Map(row.cells.map((c) => [c.field, c]));
    return { ...row, cells: reply.fields.map((f) => cells.get(f) ?? emptyCell(f)) };
  });
  return { ...reply, rows };
}

function emptyCell(field: string): PlanCell {
  return {
    field,
    text: "",
    raw: "",
    old: "",
    changed: false,
    status: "ok",
    code: "",
    suggest: "",
    alike: 0,
    kept: false,
    sealed: false,
  };
}

export type Repair = Omit<FixRequest, "job" | "code">;

// AllAction is what is done with all cells of a cause alike.
export type AllAction = "suggest" | "empty" | "keep";

export interface Repairs {
  // Both end when the rows on the screen are read anew.
  fix: Act<[repair: Repair], void>;
  undo: Act<[], void>;
  // Repairs all cells of a cause at once.
  fixAll: Act<[cause: PlanCause, action: AllAction], void>;
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
    await bridge.imports.fix({ job, code: "", ...repair });
    await refresh();
  });
  const undo = useAct(async () => {
    await bridge.imports.undoFix(job);
    await refresh();
  });
  const fixAll = useAct(async (cause: PlanCause, action: AllAction) => {
    const { field, code } = cause;
    await bridge.imports.fix({ job, index: 0, field, code, action, text: "", all: true });
    await refresh();
  });
  return { fix, undo, fixAll };
}

// causeKey names a kind of problem for PlanRequest.cause: field:code, and what
// was tidied with a mark before it.
export function causeKey(cause: PlanCause, tidied = false): string {
  return `${tidied ? "tidied:" : ""}${cause.field}:${cause.code}`;
}
