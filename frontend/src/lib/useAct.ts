import { useCallback, useRef, useState } from "react";
import { type AppError, toAppError } from "../bridge/errors";

export interface Act<A extends unknown[], R> {
  // Never rejects: what went wrong stands in error, and the result is undefined.
  run: (...args: A) => Promise<R | undefined>;
  busy: boolean;
  error: AppError | null;
  reset: () => void;
}

// useAct runs one call at a time and keeps its error. "cancelled" is silent.
export function useAct<A extends unknown[], R>(
  call: (...args: A) => Promise<R>,
  options: { done?: (result: R) => void; failed?: (error: AppError) => void } = {},
): Act<A, R> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const latest = useRef({ call, options });
  latest.current = { call, options };
  const run = useCallback(async (...args: A) => {
    setBusy(true);
    setError(null);
    try {
      const result = await latest.current.call(...args);
      latest.current.options.done?.(result);
      return result;
    } catch (thrown) {
      const failed = toAppError(thrown);
      if (failed.code !== "cancelled") {
        setError(failed);
        latest.current.options.failed?.(failed);
      }
      return undefined;
    } finally {
      setBusy(false);
    }
  }, []);
  const reset = useCallback(() => setError(null), []);
  return { run, busy, error, reset };
}
