import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { keys } from "../bridge/keys";
import type { StartState } from "../bridge/types/start";

// useStartReply shows the state that a call answered with, without waiting for
// the event that says the same.
export function useStartReply(): (state: StartState) => void {
  const client = useQueryClient();
  return useCallback((state) => client.setQueryData(keys.start(), state), [client]);
}
