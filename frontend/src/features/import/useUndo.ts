import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { UndoState } from "../../bridge/types/undo";

export interface Undoing {
  state: UndoState | undefined;
  error: unknown;
  // Takes the state that a call has just returned.
  take: (state: UndoState | undefined) => void;
}

export const isUndoing = (state: UndoState | undefined) => state?.phase === "undoing" || state?.phase === "redoing";

// useUndo reads how far the undo of a batch is, twice a second while it runs:
// it goes on when the page is left, and is found again there.
export function useUndo(batch: string): Undoing {
  const bridge = useBridge();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: keys.undoState(batch),
    queryFn: () => bridge.imports.undoState(batch),
    refetchInterval: (q) => (isUndoing(q.state.data) ? 500 : false),
    refetchOnMount: "always",
  });
  const take = useCallback(
    (state: UndoState | undefined) => {
      if (state) client.setQueryData(keys.undoState(batch), state);
    },
    [client, batch],
  );
  return { state: query.data, error: query.error, take };
}
