import { ChevronDown, ChevronRight, type LucideIcon } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Icon } from "../../ui/Icon";
import styles from "./Choice.module.css";

interface Props {
  icon: LucideIcon;
  title: string;
  text: string;
  open: boolean;
  onToggle: () => void;
  children: ReactNode;
}

// Choice is one way to start; open, it holds its form in place.
export function Choice({ icon, title, text, open, onToggle, children }: Props) {
  const id = useId();
  return (
    <section className={`${styles.choice} ${open ? styles.open : ""}`}>
      <h2>
        <button type="button" className={styles.head} aria-expanded={open} aria-controls={id} onClick={onToggle}>
          <Icon of={icon} size="large" tone={open ? "accent" : "ink2"} />
          <span className={styles.words}>
            <strong>{title}</strong>
            <span>{text}</span>
          </span>
          <Icon of={open ? ChevronDown : ChevronRight} />
        </button>
      </h2>
      <div id={id} hidden={!open} className={styles.body}>
        {open ? children : null}
      </div>
    </section>
  );
}
