import styles from "./Person.module.css";

// Person is a name with a small circle that holds its last character; the tint
// comes from the name.
export function Person(props: { name: string; bold?: boolean }) {
  const last = [...props.name].at(-1) ?? "";
  const tint = [...props.name].reduce((sum, c) => sum + (c.codePointAt(0) ?? 0), 0) % 6;
  return (
    <span className={styles.person}>
      <span className={`${styles.circle} ${styles[`tint${tint}`]}`} aria-hidden="true">
        {last}
      </span>
      <span className={props.bold ? styles.bold : undefined}>{props.name}</span>
    </span>
  );
}
