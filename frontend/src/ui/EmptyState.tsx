import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

// EmptyState says in a sentence what is not there and what can be done.
export function EmptyState(props: { title: string; text?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{props.title}</p>
      {props.text ? <div className={styles.text}>{props.text}</div> : null}
      {props.actions ? <div className={styles.actions}>{props.actions}</div> : null}
    </div>
  );
}
