import { type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./Progress.module.css";

const spoken = 5000;

// Progress is a bar with its numbers; they are read aloud every 5 s at most.
export function Progress(props: { title: string; note: string; done: number; total: number; actions: ReactNode }) {
  const { title } = props;
  const [said, setSaid] = useState(title);
  const last = useRef(Date.now());
  useEffect(() => {
    if (Date.now() - last.current < spoken) return;
    last.current = Date.now();
    setSaid(title);
  }, [title]);
  const share = props.total > 0 ? Math.min(1, props.done / props.total) : 0;
  return (
    <div className={styles.page}>
      <h2 className={styles.title}>{title}</h2>
      <div
        role="progressbar"
        aria-label={title}
        aria-valuenow={props.done}
        aria-valuemin={0}
        aria-valuemax={props.total}
        className={styles.bar}
      >
        <div className={styles.full} style={{ width: `${share * 100}%` }} />
      </div>
      <p className={styles.note}>{props.note}</p>
      <div className={styles.actions}>{props.actions}</div>
      <span className="only-read" aria-live="polite">
        {said}
      </span>
    </div>
  );
}
