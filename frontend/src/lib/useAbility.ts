import { useQuery } from "@tanstack/react-query";
import { useBridge } from "../bridge/context";
import { keys } from "../bridge/keys";

// useAbility tells whether the member's role has an ability; what a role cannot
// do is absent, not grey (UX.md 2).
export function useAbility(ability: string): boolean {
  const bridge = useBridge();
  const start = useQuery({ queryKey: keys.start(), queryFn: () => bridge.start.state() });
  return start.data?.abilities.includes(ability) ?? false;
}
