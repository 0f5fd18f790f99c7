import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { SettingsView } from "../../bridge/types/sync";
import { type Layout, parseLayout } from "./layout";

// useLayout shows a change at once and keeps it half a second later, so that
// dragging a column writes once.
export function useLayout(): [Layout, (next: Partial<Layout>) => void] {
  const bridge = useBridge();
  const client = useQueryClient();
  const settings = useQuery({ queryKey: keys.settings(), queryFn: () => bridge.settings.get() });
  const text = settings.data?.layout ?? "";
  const layout = useMemo(() => parseLayout(text), [text]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(layout);
  latest.current = layout;
  const change = useCallback(
    (next: Partial<Layout>) => {
      const kept = JSON.stringify({ ...latest.current, ...next });
      latest.current = { ...latest.current, ...next };
      client.setQueryData<SettingsView>(keys.settings(), (old) => (old ? { ...old, layout: kept } : old));
      clearTimeout(timer.current);
      // A layout that could not be kept is no loss worth a message.
      timer.current = setTimeout(() => void bridge.settings.setLayout(kept).catch(() => undefined), 500);
    },
    [bridge, client],
  );
  return [layout, change];
}
