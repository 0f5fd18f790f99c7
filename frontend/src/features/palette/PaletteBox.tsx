import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { composing } from "../../lib/keyboard";
import { Icon } from "../../ui/Icon";
import { Kbd } from "../../ui/Kbd";
import styles from "./Palette.module.css";
import { type Entry, useEntries } from "./useEntries";

interface Props {
  state: StartState;
  onNarrow: () => void;
  onClose: () => void;
}

// PaletteBox is one text field and one list: customers, what can be done with
// the chosen one, places and commands.
export function PaletteBox(props: Props) {
  const { t } = useI18n();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [half, setHalf] = useState(false);
  const [at, setAt] = useState(0);
  // The customer on whom the acts are: it stays while an act is chosen.
  const [who, setWho] = useState(0);
  const input = useReturningFocus();
  const { groups, flat } = useEntries(half ? "" : typed, who, props);
  const chosen = Math.min(at, Math.max(0, flat.length - 1));
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [id, chosen]);
  const choose = (n: number) => {
    setAt(n);
    if (flat[n]?.group === "customers") setWho(n);
  };
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    props.onClose();
    entry.run();
  };
  const press = (event: KeyboardEvent) => {
    if (composing(event)) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && flat.length > 0) choose((chosen + move + flat.length) % flat.length);
    else if (event.key === "Escape") props.onClose();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run(flat.find((e) => e.id === "search"));
    else if (event.key === "Enter") run(flat[chosen]);
    else if (event.key === "Tab") {
      const act = flat.findIndex((e) => e.group === "with");
      if (act >= 0) setAt(act);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div role="dialog" aria-modal="true" aria-label={t("palette.title")} className={styles.box}>
      <div className={styles.search}>
        <Icon of={Search} />
        <input
          ref={input}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={flat.length > 0 ? `${id}-${chosen}` : undefined}
          aria-label={t("palette.label")}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
            setWho(0);
          }}
          onCompositionStart={() => setHalf(true)}
          onCompositionEnd={() => setHalf(false)}
          onKeyDown={press}
        />
        <span className={styles.quiet}>{t("palette.hint")}</span>
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={t("palette.title")} className={styles.list}>
        {flat.length === 0 ? <p className={styles.none}>{t("palette.nothing")}</p> : null}
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox is no fieldset
          <div key={group.id} role="group" aria-label={group.title}>
            <p className={styles.group}>{group.title}</p>
            {group.entries.map((entry) => (
              <Line
                key={entry.id}
                id={`${id}-${flat.indexOf(entry)}`}
                entry={entry}
                chosen={flat.indexOf(entry) === chosen}
                match={typed.trim()}
                onRun={() => run(entry)}
              />
            ))}
          </div>
        ))}
      </div>
      <Foot />
    </div>
  );
}

// The focus goes back where it was when the palette closes.
function useReturningFocus() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    input.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return input;
}

function Line(props: { id: string; entry: Entry; chosen: boolean; match: string; onRun: () => void }) {
  const { t } = useI18n();
  const { entry } = props;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the text field holds the focus and points here
    // biome-ignore lint/a11y/useKeyWithClickEvents: the text field handles the keys
    <div id={props.id} role="option" aria-selected={props.chosen} className={styles.line} onClick={props.onRun}>
      <Icon of={entry.icon} />
      <span className={styles.name}>
        <Title text={entry.title} match={entry.group === "customers" ? props.match : ""} />
      </span>
      <span className={styles.quiet}>{entry.detail}</span>
      {entry.keys ? <Kbd keys={entry.keys} /> : null}
      {props.chosen && entry.group === "customers" ? (
        <>
          <Kbd keys="Enter" />
          {t("palette.open")}
        </>
      ) : null}
    </div>
  );
}

// Title marks the part of a name that was typed.
function Title({ text, match }: { text: string; match: string }) {
  const at = match === "" ? -1 : text.indexOf(match);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <strong className={styles.match}>{match}</strong>
      {text.slice(at + match.length)}
    </>
  );
}

function Foot() {
  const { t } = useI18n();
  return (
    <footer className={styles.foot} aria-hidden="true">
      <Kbd keys="↑ ↓" />
      {t("palette.key.choose")}
      <Kbd keys="Tab" />
      {t("palette.key.act")}
      <Kbd keys=">" />
      {t("palette.key.only")}
      <span className={styles.end}>
        <Kbd keys="Esc" />
        {t("palette.key.close")}
      </span>
    </footer>
  );
}
