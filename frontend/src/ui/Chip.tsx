import type { ReactNode } from "react";
import styles from "./Chip.module.css";

export type Tone = "plain" | "plum" | "sealed" | "ok" | "warn" | "bad" | "accent";

// Chip is a word on its tint; the word carries the meaning, the colour repeats it.
export function Chip(props: { tone?: Tone; title?: string; children: ReactNode; onClick?: () => void }) {
  const name = `${styles.chip} ${styles[props.tone ?? "plain"]}`;
  if (props.onClick)
    return (
      <button type="button" className={name} title={props.title} onClick={props.onClick}>
        {props.children}
      </button>
    );
  return (
    <span className={name} title={props.title}>
      {props.children}
    </span>
  );
}
