import { TriangleAlert } from "lucide-react";
import type { SectionView } from "../../bridge/types/customers";
import type { ConflictSide } from "../../bridge/types/review";
import { useI18n } from "../../i18n";
import { useFields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Kbd } from "../../ui/Kbd";
import { Person } from "../../ui/Person";
import styles from "./ConflictCard.module.css";

interface Props {
  side: ConflictSide;
  number: number;
  why: string;
  section: SectionView | undefined;
  busy: boolean;
  onUse: () => void;
}

// Side is one of the values that stand beside each other, with who wrote it,
// where and when. The one that lists show is framed, not preferred.
export function Side({ side, number, why, section, busy, onUse }: Props) {
  const { t, maybe, moment } = useI18n();
  const fields = useFields();
  const { author } = side;
  const title = () => {
    if (!side.leads) return t("review.card.another");
    if (why === "keeper" && section)
      return t("review.card.leadsKeeper", { section: fields.sectionName(section.id), keeper: section.keeper });
    return t("review.card.leads");
  };
  const along = side.along.map((v) => `${fields.name(v.field)}: ${v.after || t("review.card.empty")}`);
  return (
    <section className={`${styles.side} ${side.leads ? styles.leads : ""}`} aria-label={title()}>
      <header className={styles.sideHead}>
        <span>{title()}</span>
        <Kbd keys={String(number)} />
      </header>
      <div className={styles.sideBody}>
        <p className={styles.value}>{side.text || t("review.card.empty")}</p>
        {side.flag ? (
          <p className={styles.flag}>
            <Icon of={TriangleAlert} size="small" tone="inherit" />
            {maybe(`flags.${side.flag}`) ?? ""}
          </p>
        ) : null}
        <p className={styles.author}>
          <Person name={author.member} bold />
          <span className={styles.soft}>{author.department}</span>
          {author.me ? <span className={styles.soft}>{t("review.card.you")}</span> : null}
        </p>
        <p className={styles.device}>{author.device}</p>
        <dl className={styles.facts}>
          <dt>{t("review.card.written")}</dt>
          <dd>{moment(author.at)}</dd>
          <dt>{t("review.card.arrived")}</dt>
          <dd>
            {author.me && !author.arrived
              ? t("review.card.here", { at: moment(author.at) })
              : t(author.me ? "review.card.here" : "review.card.relay", { at: moment(author.arrived || author.at) })}
          </dd>
          <dt>{t("review.card.along")}</dt>
          <dd>{along.join(t("review.queue.join")) || t("review.card.alone")}</dd>
        </dl>
      </div>
      <footer className={styles.sideFoot}>
        <Button busy={busy} label={t("review.card.useOf", { member: author.member })} onClick={onUse}>
          {t("review.card.use")}
        </Button>
      </footer>
    </section>
  );
}
