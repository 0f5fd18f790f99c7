import type { ReactNode } from "react";
import styles from "./Page.module.css";

// Page is the title bar over whatever the screen shows.
export function Page(props: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  rule?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={styles.page}>
      <header className={`${styles.bar} ${props.rule === false ? "" : styles.rule}`}>
        {props.lead}
        <h1 className={styles.title}>{props.title}</h1>
        <div className={styles.actions}>{props.actions}</div>
      </header>
      <div className={styles.body}>{props.children}</div>
    </div>
  );
}
