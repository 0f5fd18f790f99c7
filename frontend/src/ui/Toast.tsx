import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { Button } from "./Button";
import styles from "./Toast.module.css";

export interface ToastText {
  text: string;
  tone?: "plain" | "bad";
  action?: { label: string; run: () => void };
}

const Context = createContext<(toast: ToastText) => void>(() => undefined);

// The one place for toasts: bottom centre, 6 s, only for acts on things that
// are no longer in view and for errors that have no place of their own.
export function ToastProvider(props: { children: ReactNode }) {
  const [shown, setShown] = useState<(ToastText & { id: number }) | null>(null);
  const show = useCallback((toast: ToastText) => setShown({ ...toast, id: Date.now() }), []);
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(null), 6000);
    return () => clearTimeout(timer);
  }, [shown]);
  const value = useMemo(() => show, [show]);
  return (
    <Context value={value}>
      {props.children}
      <div className={styles.place} role="status" aria-live="polite">
        {shown ? (
          <div className={`${styles.toast} ${shown.tone === "bad" ? styles.bad : ""}`}>
            <span>{shown.text}</span>
            {shown.action ? (
              <Button
                kind="link"
                size="small"
                onClick={() => {
                  shown.action?.run();
                  setShown(null);
                }}
              >
                {shown.action.label}
              </Button>
            ) : null}
          </div>
        ) : null}
      </div>
    </Context>
  );
}

export function useToast(): (toast: ToastText) => void {
  return useContext(Context);
}
