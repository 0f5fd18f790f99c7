import { type KeyboardEvent, useRef } from "react";
import { useI18n } from "../i18n";
import styles from "./Tabs.module.css";

export interface Tab<V extends string> {
  value: V;
  label: string;
  count: number;
  dot?: boolean;
}

// Tabs with their counts; arrows move between them.
export function Tabs<V extends string>(props: {
  label: string;
  tabs: readonly Tab<V>[];
  value: V;
  onChange: (value: V) => void;
}) {
  const { count } = useI18n();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = props.tabs.findIndex((tab) => tab.value === props.value);
    const next = props.tabs[(at + step + props.tabs.length) % props.tabs.length];
    if (!next) return;
    event.preventDefault();
    props.onChange(next.value);
    const buttons = list.current?.querySelectorAll("button");
    buttons?.[props.tabs.indexOf(next)]?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={props.label} className={styles.tabs} onKeyDown={move}>
      {props.tabs.map((tab) => {
        const here = tab.value === props.value;
        return (
          <button
            key={tab.value}
            type="button"
            role="tab"
            aria-selected={here}
            tabIndex={here ? 0 : -1}
            className={`${styles.tab} ${here ? styles.here : ""}`}
            onClick={() => props.onChange(tab.value)}
          >
            {tab.dot ? <span className={styles.dot} aria-hidden="true" /> : null}
            {tab.label} <span className={styles.count}>{count(tab.count)}</span>
          </button>
        );
      })}
    </div>
  );
}
