import { useCallback, useEffect, useState } from "react";
import type { AppError } from "../../bridge/errors";
import type { ConflictView } from "../../bridge/types/review";
import { useAct } from "../../lib/useAct";

export interface Reveal {
  // The card with its sealed values shown, until they are masked again.
  view: ConflictView | null;
  left: number;
  busy: boolean;
  error: AppError | null;
  show: () => void;
  mask: () => void;
}

// useReveal shows sealed values for as long as the program says: they stand in this state alone, never
// in the cache, and go when the window loses the focus or the card closes.
export function useReveal(call: () => Promise<ConflictView>): Reveal {
  const [view, setView] = useState<ConflictView | null>(null);
  const [left, setLeft] = useState(0);
  const mask = useCallback(() => setView(null), []);
  const act = useAct(call, {
    done: (shown) => {
      setView(shown);
      setLeft(shown.seconds);
    },
  });
  const shown = view !== null;
  useEffect(() => {
    if (!shown) return;
    const timer = setInterval(() => setLeft((n) => n - 1), 1000);
    window.addEventListener("blur", mask);
    return () => {
      clearInterval(timer);
      window.removeEventListener("blur", mask);
    };
  }, [shown, mask]);
  useEffect(() => {
    if (shown && left <= 0) mask();
  }, [shown, left, mask]);
  return { view, left, busy: act.busy, error: act.error, show: () => void act.run(), mask };
}
