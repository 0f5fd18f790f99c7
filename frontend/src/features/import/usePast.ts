import { useQuery } from "@tanstack/react-query";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { PastImport } from "../../bridge/types/imports";

const nothing: PastImport[] = [];

// usePast reads the past imports and drafts anew each time a screen shows them:
// other devices import too, and no event tells.
export function usePast(): PastImport[] {
  const bridge = useBridge();
  const past = useQuery({ queryKey: keys.past(), queryFn: () => bridge.imports.past(), refetchOnMount: "always" });
  return past.data?.imports ?? nothing;
}
