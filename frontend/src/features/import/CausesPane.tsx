import { Check, Info, Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { PlanCause, PlanReply } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import { Button, IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import styles from "./CheckGrid.module.css";
import { byField, shareCauses, steady, textsOf } from "./causes";
import step from "./Step.module.css";
import { type AllAction, causeKey, type PlanKind, type Repairs } from "./usePlan";
import { useWords } from "./words";

interface Props {
  reply: PlanReply;
  wrong: number;
  tidied: number;
  fields: Fields;
  repairs: Repairs;
  // Takes the last repair back; null when there is none.
  onUndo: (() => Promise<void>) | null;
  cause: string;
  onCause: (cause: string, kind: PlanKind) => void;
}

// CausesPane counts what is wrong by its cause, each with the way to repair it,
// what is repaired already, and what was tidied without asking.
export function CausesPane(props: Props) {
  const { t, count } = useI18n();
  const words = useWords(props.fields);
  const { causes } = props.reply;
  const tidied = byField(props.reply.tidied);
  const now = shareCauses(causes);
  const looks = now.look.reduce((n, { count }) => n + count, 0);
  const before = useRef<typeof now>({ must: [], look: [] });
  const must = steady(before.current.must, now.must);
  const look = steady(before.current.look, now.look);
  useEffect(() => {
    before.current = { must, look };
  });
  const damaged = causes.some((c) => c.code === "number_damaged");
  const title = () => {
    if (props.wrong > 0) return t("import.causes.title", { n: props.wrong, kinds: now.must.length });
    return looks > 0 && must.length === 0 ? t("import.causes.lookTitle", { n: looks }) : t("import.causes.clean");
  };
  const known = [...must, ...look];
  const texts = textsOf(known, words.cause, (field, text) =>
    t("import.causes.of", { field: props.fields.name(field), text }),
  );
  const lines = (part: readonly PlanCause[], kind: PlanKind) =>
    part.map((cause) => (
      <Cause
        key={causeKey(cause)}
        of={cause}
        text={texts[known.indexOf(cause)] ?? ""}
        repairs={props.repairs}
        onRows={() => props.onCause(causeKey(cause), kind)}
      />
    ));
  return (
    <aside className={step.side} aria-label={title()}>
      <div className={styles.causesHead}>
        <h2 className={step.heading}>{title()}</h2>
        {props.onUndo ? (
          <IconButton
            size="small"
            icon={Undo2}
            label={t("shell.keys.undoFix")}
            keys="Ctrl Z"
            onClick={() => void props.onUndo?.()}
          />
        ) : null}
      </div>
      {lines(must, "wrong")}
      {must.length > 0 && look.length > 0 ? (
        <h2 className={`${step.heading} ${styles.part}`}>{t("import.causes.looks", { n: looks })}</h2>
      ) : null}
      {lines(look, "problems")}
      {props.cause ? (
        <Button kind="link" size="small" onClick={() => props.onCause("", "problems")}>
          {t("import.causes.every")}
        </Button>
      ) : null}
      {damaged ? (
        <div className={styles.part}>
          <Notice icon={Info} tone="warn">
            {t("import.causes.damaged")}
          </Notice>
        </div>
      ) : null}
      {props.tidied > 0 ? (
        <section className={styles.part}>
          <h2 className={step.heading}>{t("import.causes.tidied", { n: props.tidied })}</h2>
          {tidied.map((cause) => {
            const what = words.tidied(cause);
            return (
              <button
                key={causeKey(cause, true)}
                type="button"
                className={styles.tidied}
                title={t("import.causes.see", { what })}
                onClick={() => props.onCause(causeKey(cause, true), "all")}
              >
                <span>{what}</span>
                <span>{count(cause.count)}</span>
              </button>
            );
          })}
          <p className={step.faint}>{t("import.causes.refuse")}</p>
        </section>
      ) : null}
    </aside>
  );
}

type CauseProps = Pick<Props, "repairs"> & { of: PlanCause; text: string; onRows: () => void };

function Cause({ of: cause, text, repairs, onRows }: CauseProps) {
  const { t, count } = useI18n();
  const [busy, setBusy] = useState(false);
  const all = async (action: AllAction) => {
    setBusy(true);
    await repairs.fixAll.run(cause, action);
    setBusy(false);
  };
  const action = allOf(cause);
  const rows = action === "keep" || action === null;
  const done = cause.count === 0;
  return (
    <div className={done ? `${styles.cause} ${styles.done}` : styles.cause}>
      <button
        type="button"
        className={styles.causeText}
        title={t("import.causes.rows")}
        disabled={done}
        onClick={onRows}
      >
        {text}
        <span className={styles.causeCount}>
          {done ? <Icon of={Check} size="small" tone="ok" label={t("import.causes.done")} /> : count(cause.count)}
        </span>
      </button>
      {rows ? (
        <Button kind="link" size="small" label={`${text}: ${t("import.causes.rows")}`} onClick={onRows}>
          {t("import.causes.rows")}
        </Button>
      ) : null}
      {action ? (
        <span className={rows ? styles.causeMore : undefined}>
          <Button
            kind="link"
            size="small"
            busy={busy}
            label={`${text}: ${t(`import.causes.${action}`)}`}
            onClick={() => void all(action)}
          >
            {t(`import.causes.${action}`)}
          </Button>
        </span>
      ) : null}
    </div>
  );
}

// allOf is what can be done with all cells of a cause at once: where nothing is
// suggested they can stay as typed, but for a name, of which there is nothing.
function allOf({ code, fixable }: PlanCause): AllAction | null {
  if (code === "amount_unknown") return "empty";
  if (fixable) return "suggest";
  return code === "name_missing" ? null : "keep";
}
