import { useQueryClient } from "@tanstack/react-query";
import { Check, Split } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { ConflictItem, DecidedItem } from "../../bridge/types/review";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useDayOf } from "../../lib/useDayOf";
import { useErrorText } from "../../lib/useErrorText";
import { useFields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import styles from "./Conflicts.module.css";

interface Props {
  items: ConflictItem[];
  at: number;
  onShow: (item: ConflictItem) => void;
}

export function Queue({ items, at, onShow }: Props) {
  const { t } = useI18n();
  const dayOf = useDayOf();
  const fields = useFields();
  return (
    <ul>
      {items.map((item, n) => (
        <li key={`${item.id} ${item.field}`}>
          <button
            type="button"
            className={`${styles.item} ${n === at ? styles.here : ""}`}
            aria-current={n === at}
            onClick={() => onShow(item)}
          >
            <Icon of={Split} tone="plum" />
            <span className={styles.about}>
              <span className={styles.line}>
                <span className={styles.name}>{item.name}</span>
                <span className={styles.day}>{dayOf(item.at)}</span>
              </span>
              <span className={styles.differ}>
                {t("review.queue.differ", {
                  field: fields.name(item.field),
                  authors: [...new Set(item.authors)].join(t("review.queue.join")),
                })}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

// Decided lists what was settled lately; a decision can be taken back.
export function Decided({ items }: { items: DecidedItem[] }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const dayOf = useDayOf();
  const fields = useFields();
  const errorText = useErrorText();
  const client = useQueryClient();
  const back = useAct((d: DecidedItem) => bridge.review.takeBack({ id: d.id, change: d.change }), {
    done: () => void client.invalidateQueries({ queryKey: keys.conflicts() }),
  });
  if (items.length === 0) return null;
  return (
    <section className={styles.decided} aria-label={t("review.queue.decided")}>
      <h2 className={styles.heading}>{t("review.queue.decided")}</h2>
      {back.error ? (
        <p role="alert" className={styles.bad}>
          {errorText(back.error)}
        </p>
      ) : null}
      <ul>
        {items.map((d) => (
          <li key={d.change} className={styles.done}>
            <Icon of={Check} />
            <span className={styles.about}>
              <span className={styles.line}>
                <span className={styles.name}>{d.name}</span>
                <span className={styles.day}>
                  {d.by.member} {dayOf(d.by.at)}
                </span>
              </span>
              <span className={`${styles.differ} ${styles.settled}`}>
                <span>
                  {d.used
                    ? t("review.queue.used", { field: fields.name(d.field), member: d.used })
                    : t("review.queue.other", { field: fields.name(d.field) })}
                </span>
                <Button
                  kind="link"
                  size="small"
                  label={t("review.queue.takeBackOf", { name: d.name })}
                  busy={back.busy}
                  onClick={() => void back.run(d)}
                >
                  {t("review.queue.takeBack")}
                </Button>
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
