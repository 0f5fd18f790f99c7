import { Info } from "lucide-react";
import { useState } from "react";
import type { PlanCause, PlanReply } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import styles from "./CheckGrid.module.css";
import step from "./Step.module.css";
import { causeKey, type PlanKind, type Repairs } from "./usePlan";
import { useWords } from "./words";

interface Props {
  reply: PlanReply;
  wrong: number;
  tidied: number;
  fields: Fields;
  repairs: Repairs;
  cause: string;
  onCause: (cause: string, kind: PlanKind) => void;
}

// CausesPane counts what is wrong by its cause, each with the way to repair it,
// and what was tidied without asking.
export function CausesPane(props: Props) {
  const { t, count } = useI18n();
  const words = useWords(props.fields);
  const { causes } = props.reply;
  const tidied = byField(props.reply.tidied);
  const looks = causes.reduce((n, c) => n + (c.wrong ? 0 : c.count), 0);
  const damaged = causes.some((c) => c.code === "number_damaged");
  const title = () => {
    if (props.wrong > 0)
      return t("import.causes.title", { n: props.wrong, kinds: causes.filter((c) => c.wrong).length });
    return looks > 0 ? t("import.causes.lookTitle", { n: looks }) : t("import.causes.clean");
  };
  return (
    <aside className={step.side} aria-label={title()}>
      <h2 className={step.heading}>{title()}</h2>
      {causes.map((cause) => (
        <Cause
          key={causeKey(cause)}
          of={cause}
          text={words.cause(cause.field, cause.code)}
          repairs={props.repairs}
          onCause={props.onCause}
        />
      ))}
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

// byField adds up what was tidied in one field: how it was done is a detail.
function byField(causes: readonly PlanCause[]): PlanCause[] {
  const out = new Map<string, PlanCause>();
  for (const cause of causes) {
    const known = out.get(cause.field);
    out.set(cause.field, { ...cause, code: "", count: cause.count + (known?.count ?? 0) });
  }
  return [...out.values()].sort((a, b) => b.count - a.count);
}

type CauseProps = Pick<Props, "repairs" | "onCause"> & { of: PlanCause; text: string };

function Cause({ of: cause, text, repairs, onCause }: CauseProps) {
  const { t, count } = useI18n();
  const [busy, setBusy] = useState(false);
  const all = async (action: "suggest" | "empty") => {
    setBusy(true);
    await repairs.fixAll.run(cause, action);
    setBusy(false);
  };
  const empty = cause.code === "amount_unknown";
  return (
    <div className={styles.cause}>
      <button
        type="button"
        className={styles.causeText}
        title={t("import.causes.rows")}
        onClick={() => onCause(causeKey(cause), "problems")}
      >
        {text}
        <span className={styles.causeCount}>{count(cause.count)}</span>
      </button>
      {cause.fixable || empty ? (
        <Button
          kind="link"
          size="small"
          busy={busy}
          label={`${text}: ${t(empty ? "import.causes.empty" : "import.causes.all")}`}
          onClick={() => void all(empty ? "empty" : "suggest")}
        >
          {t(empty ? "import.causes.empty" : "import.causes.all")}
        </Button>
      ) : (
        <Button
          kind="link"
          size="small"
          label={`${text}: ${t("import.causes.rows")}`}
          onClick={() => onCause(causeKey(cause), "problems")}
        >
          {t("import.causes.rows")}
        </Button>
      )}
    </div>
  );
}
