import type { CustomerView } from "../../bridge/types/customers";
import type { HistoryEntry } from "../../bridge/types/history";
import { useI18n } from "../../i18n";
import { useDayOf } from "../../lib/useDayOf";
import type { Fields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { Act } from "./Act";
import styles from "./Timeline.module.css";
import { byMonth } from "./when";

interface Props {
  customer: CustomerView;
  entries: HistoryEntry[];
  // The same without the filter, to name who wrote apart.
  all: HistoryEntry[];
  total: number;
  fields: Fields;
  at: string;
  onAt: (change: string) => void;
  onMore: () => void;
}

// Timeline lists acts under their months and days, newest first.
export function Timeline(props: Props) {
  const { t, language } = useI18n();
  const dayOf = useDayOf();
  const { entries, all, total } = props;
  const only = total === 1 ? all[0] : undefined;
  return (
    <div className={styles.timeline}>
      <section aria-label={t("history.list", { name: props.customer.name })}>
        {byMonth(entries, language).map((month) => (
          <section key={month.title} aria-label={month.title}>
            <h2 className={styles.month}>{month.title}</h2>
            <ol className={styles.acts}>
              {month.days.map(({ entry, day }) => (
                <Act
                  key={entry.change}
                  id={props.customer.id}
                  entry={entry}
                  day={day}
                  fields={props.fields}
                  apart={writtenApart(entry, all)}
                  here={entry.change === props.at}
                  onAt={props.onAt}
                />
              ))}
            </ol>
          </section>
        ))}
      </section>
      {only ? (
        <p className={styles.hint}>
          {t(only.cause === "import" ? "history.none" : "history.noneMade", {
            day: dayOf(only.author.at),
            member: only.author.member,
          })}
        </p>
      ) : null}
      {props.at === "" && !only ? <p className={styles.hint}>{t("history.hint")}</p> : null}
      {all.length < total ? (
        <div className={styles.more}>
          <Button size="small" onClick={props.onMore}>
            {t("history.more", { n: total - all.length })}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

// writtenApart names who wrote one of the same fields without having seen this.
function writtenApart(entry: HistoryEntry, all: readonly HistoryEntry[]): string {
  if (!entry.concurrent) return "";
  const fields = new Set(entry.values.map((v) => v.field));
  const other = all.find(
    (e) =>
      e !== entry &&
      e.concurrent &&
      e.author.memberId !== entry.author.memberId &&
      e.values.some((v) => fields.has(v.field)),
  );
  return other?.author.member ?? "";
}
