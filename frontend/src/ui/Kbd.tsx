import styles from "./Kbd.module.css";

export function Kbd(props: { keys: string }) {
  return <kbd className={styles.kbd}>{props.keys}</kbd>;
}
