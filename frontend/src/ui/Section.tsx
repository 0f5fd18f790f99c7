import { type ReactNode, useId } from "react";
import styles from "./Section.module.css";

// Section is a titled part of a card or page, with a rule above it.
export function Section(props: { title: ReactNode; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header className={styles.head}>
        <h3 id={id} className={styles.title}>
          {props.title}
        </h3>
        <span className={styles.aside}>{props.aside}</span>
      </header>
      {props.children}
    </section>
  );
}
