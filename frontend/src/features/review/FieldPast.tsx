import { ArrowRight } from "lucide-react";
import type { HistoryEntry } from "../../bridge/types/history";
import { useI18n } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Person } from "../../ui/Person";
import styles from "./ConflictCard.module.css";

// FieldPast is what happened to this one field, newest first.
export function FieldPast({ past, field }: { past: HistoryEntry[]; field: string }) {
  const { t, moment } = useI18n();
  return (
    <section className={styles.past} aria-label={t("review.card.past")}>
      <h3 className={styles.pastTitle}>{t("review.card.past")}</h3>
      {past.length === 0 ? <p className={styles.soft}>{t("review.card.noPast")}</p> : null}
      <ul>
        {past.map((entry) => {
          const value = entry.values.find((v) => v.field === field);
          return (
            <li key={entry.change} className={styles.act}>
              <span className={styles.when}>{moment(entry.author.at)}</span>
              <span className={styles.who}>
                <Person name={entry.author.member} />
                <span className={styles.soft}>{entry.author.department}</span>
              </span>
              <span className={styles.what}>
                {value ? (
                  <>
                    {value.before || t("review.card.empty")} <Icon of={ArrowRight} size="small" />{" "}
                    {value.after || t("review.card.empty")}
                  </>
                ) : null}
              </span>
              <span className={styles.from}>
                {entry.source ? t("review.card.source", { file: entry.source.file, row: entry.source.row }) : ""}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
