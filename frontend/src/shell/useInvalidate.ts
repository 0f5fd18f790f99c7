import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useBridge } from "../bridge/context";
import { keys } from "../bridge/keys";

// Invalidate drops from the cache what an event says has changed. Nothing is
// read out of the event itself: a lost or doubled one is harmless.
export function useInvalidate(): void {
  const bridge = useBridge();
  const client = useQueryClient();
  useEffect(() => {
    const drop = (...all: readonly (readonly unknown[])[]) => {
      for (const queryKey of all) void client.invalidateQueries({ queryKey });
    };
    const off = [
      bridge.on("customers:changed", () => drop(keys.customers(), keys.pending(), keys.sync())),
      bridge.on("conflicts:changed", () => drop(keys.conflicts(), keys.customers())),
      bridge.on("rejected:changed", () => drop(keys.rejected(), keys.sync())),
      bridge.on("sync:status", () => drop(keys.sync())),
      bridge.on("start:changed", () => drop(keys.start(), keys.settings(), keys.schema())),
      bridge.on("import:progress", ({ job }) => drop(keys.job(job))),
    ];
    return () => {
      for (const stop of off) stop();
    };
  }, [bridge, client]);
}
