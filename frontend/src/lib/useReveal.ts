import { useCallback, useEffect, useRef, useState } from "react";
import { useBridge } from "../bridge/context";
import type { ValueView } from "../bridge/types/customers";
import { useAct } from "./useAct";

interface Revealed {
  value: ValueView;
  until: number;
}

export interface Reveal {
  // The revealed value and the seconds left, while it is shown.
  of: (field: string) => { value: ValueView; left: number } | undefined;
  show: (field: string) => Promise<ValueView | undefined>;
  hide: (field: string) => void;
  error: unknown;
}

// useReveal holds sealed values of one card for as long as the program says.
// They live here and nowhere else: not in the query cache, and they go when
// the window loses the focus, the card closes or another customer is shown.
// With a change they are those of the past, right after it.
export function useReveal(id: string, change = ""): Reveal {
  const bridge = useBridge();
  const [shown, setShown] = useState<ReadonlyMap<string, Revealed>>(new Map());
  const [now, setNow] = useState(() => Date.now());
  const of = `${id} ${change}`;
  const owner = useRef(of);
  const act = useAct((field: string) => bridge.customers.reveal({ id, fields: [field], change }));
  const run = act.run;
  useEffect(() => {
    owner.current = of;
    return () => setShown(new Map());
  }, [of]);
  useEffect(() => {
    if (shown.size === 0) return;
    const hideAll = () => setShown(new Map());
    const tick = setInterval(() => {
      const at = Date.now();
      setNow(at);
      setShown((old) => {
        const left = [...old].filter(([, r]) => r.until > at);
        return left.length === old.size ? old : new Map(left);
      });
    }, 500);
    window.addEventListener("blur", hideAll);
    return () => {
      clearInterval(tick);
      window.removeEventListener("blur", hideAll);
    };
  }, [shown.size]);
  const show = useCallback(
    async (field: string) => {
      const reply = await run(field);
      const value = reply?.values.find((v) => v.field === field);
      if (!reply || !value || owner.current !== of) return undefined;
      const at = Date.now();
      setNow(at);
      setShown((old) => new Map(old).set(field, { value, until: at + reply.seconds * 1000 }));
      return value;
    },
    [run, of],
  );
  const hide = useCallback((field: string) => {
    setShown((old) => new Map([...old].filter(([f]) => f !== field)));
  }, []);
  return {
    of: (field) => {
      const found = shown.get(field);
      return found ? { value: found.value, left: Math.max(1, Math.ceil((found.until - now) / 1000)) } : undefined;
    },
    show,
    hide,
    error: act.error,
  };
}
