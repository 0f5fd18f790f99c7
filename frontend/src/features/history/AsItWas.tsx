import { useQuery, useQueryClient } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { CustomerView } from "../../bridge/types/customers";
import type { HistoryEntry } from "../../bridge/types/history";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import type { Fields } from "../../lib/useFields";
import { useReveal } from "../../lib/useReveal";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import styles from "./AsItWas.module.css";
import { type Line, linesOf } from "./compare";
import { PastSection } from "./PastSection";
import { fullMoment } from "./when";

interface Props {
  customer: CustomerView;
  entry: HistoryEntry;
  fields: Fields;
  onBack: () => void;
}

// AsItWas shows the customer right after an act, with today's value under each
// difference; chosen ones are restored as a new change.
export function AsItWas({ customer, entry, fields, onBack }: Props) {
  const { t, language } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const errorText = useErrorText();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const ask = { id: customer.id, change: entry.change };
  const then = useQuery({ queryKey: keys.at(ask.id, ask.change), queryFn: () => bridge.history.at(ask) });
  const restore = useAct(
    (names: readonly string[]) => bridge.history.restore({ ...ask, fields: [...names], undo: false }),
    {
      done: () => {
        setChosen([]);
        void client.invalidateQueries({ queryKey: keys.customers() });
      },
    },
  );
  const reveal = useReveal(ask.id, ask.change);
  const lines: Line[] = then.data ? linesOf(then.data, customer) : [];
  const differing = lines.filter((l) => l.differs).length;
  const error = then.error ?? restore.error ?? reveal.error;
  return (
    <aside className={styles.pane} aria-label={t("history.past.label")}>
      <header className={styles.band}>
        <Icon of={History} tone="accent" />
        <div className={styles.about}>
          <strong>{t("history.past.title", { at: fullMoment(entry.author.at, language) })}</strong>
          <p className={styles.soft}>
            {differing > 0 ? t("history.past.note", { n: differing }) : t("history.past.same")}
          </p>
        </div>
        <Button onClick={onBack}>{t("history.past.back")}</Button>
      </header>
      <div className={styles.body}>
        {fields.sections.map((section) => (
          <PastSection
            key={section.id}
            section={section}
            lines={lines.filter((l) => fields.field(l.field)?.section === section.id)}
            fields={fields}
            reveal={reveal}
            chosen={chosen}
            onChoose={(field, on) => setChosen(on ? [...chosen, field] : chosen.filter((f) => f !== field))}
          />
        ))}
      </div>
      {differing > 0 || error ? (
        <footer className={styles.foot}>
          <p className={error ? styles.bad : styles.soft} role={error ? "alert" : undefined}>
            {error ? errorText(error) : t("history.past.foot")}
          </p>
          <Button
            kind="primary"
            disabled={chosen.length === 0}
            busy={restore.busy}
            onClick={() => void restore.run(chosen)}
          >
            {t("history.past.restore", { n: chosen.length })}
          </Button>
        </footer>
      ) : null}
    </aside>
  );
}
