import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Notice.module.css";

// Notice is one line of news with at most one way on.
export function Notice(props: {
  icon?: LucideIcon;
  tone?: "plain" | "plum" | "warn" | "bad" | "accent";
  action?: ReactNode;
  role?: "status" | "alert";
  children: ReactNode;
}) {
  return (
    <div className={`${styles.notice} ${styles[props.tone ?? "plain"]}`} role={props.role}>
      {props.icon ? <Icon of={props.icon} tone="inherit" /> : null}
      <div className={styles.text}>{props.children}</div>
      {props.action}
    </div>
  );
}
