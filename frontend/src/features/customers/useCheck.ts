import { useEffect, useState } from "react";
import { useBridge } from "../../bridge/context";
import type { CheckReply } from "../../bridge/types/customers";

const pause = 400;

// useCheck asks, a moment after the last key, how the text would be kept.
export function useCheck(field: string, text: string, on: boolean): CheckReply | null {
  const bridge = useBridge();
  const [reply, setReply] = useState<CheckReply | null>(null);
  useEffect(() => {
    setReply(null);
    if (!on || text.trim() === "") return;
    let current = true;
    const timer = setTimeout(() => {
      // A check that fails says nothing; saving will tell.
      bridge.customers.check({ field, text }).then(
        (checked) => current && setReply(checked),
        () => undefined,
      );
    }, pause);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [bridge, field, text, on]);
  return reply;
}
