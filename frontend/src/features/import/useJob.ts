import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { ImportView } from "../../bridge/types/imports";

export const steps = ["sheets", "columns", "check", "matches", "write"] as const;

export type Step = (typeof steps)[number];

const working = new Set(["reading", "planning", "writing"]);

export interface Job {
  view: ImportView | undefined;
  error: unknown;
  // Takes the view that a call has just returned.
  take: (view: ImportView | undefined) => void;
}

// useJob reads where an import stands: by event, and twice a second while the
// program works on it, because an event may be lost.
export function useJob(job: string): Job {
  const bridge = useBridge();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: keys.job(job),
    queryFn: () => bridge.imports.view(job),
    refetchInterval: (q) => (working.has(q.state.data?.phase ?? "") ? 500 : false),
    refetchOnMount: "always",
  });
  const take = useCallback(
    (view: ImportView | undefined) => {
      if (view) client.setQueryData(keys.job(job), view);
    },
    [client, job],
  );
  return { view: query.data, error: query.error, take };
}

// stepOf is where a draft is taken up again.
export function stepOf(phase: string): Step {
  switch (phase) {
    case "columns":
      return "columns";
    case "planning":
    case "check":
      return "check";
    case "matches":
      return "matches";
    case "writing":
    case "paused":
    case "done":
    case "undone":
    case "failed":
      return "write";
    default:
      return "sheets";
  }
}
