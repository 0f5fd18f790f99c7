import { type ReactNode, useId } from "react";
import styles from "./Field.module.css";

// Field is a label, one control and what is said about it underneath.
export function Field(props: {
  label: ReactNode;
  hint?: ReactNode;
  warning?: ReactNode;
  error?: ReactNode;
  layout?: "row" | "stack";
  children: (ids: { id: string; describedBy: string }) => ReactNode;
}) {
  const id = useId();
  const note = props.error ?? props.warning ?? props.hint;
  const tone = props.error ? "bad" : props.warning ? "warn" : "hint";
  return (
    <div className={`${styles.field} ${styles[props.layout ?? "stack"]}`}>
      <label htmlFor={id} className={styles.label}>
        {props.label}
      </label>
      <div className={styles.control}>
        {props.children({ id, describedBy: `${id}-note` })}
        <div id={`${id}-note`} className={`${styles.note} ${styles[tone]}`} aria-live="polite">
          {note}
        </div>
      </div>
    </div>
  );
}
