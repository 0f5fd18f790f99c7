import type { Kit } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { Mark } from "../../ui/Mark";
import styles from "./KitSheet.module.css";

// KitSheet is the paper; printing prints it and nothing else.
export function KitSheet(props: { kit: Kit; member: string }) {
  const { t, moment } = useI18n();
  const { kit } = props;
  return (
    <section className={styles.sheet} aria-label={t("start.kit.sheet")}>
      <header className={styles.head}>
        <Mark size={20} />
        <strong>{t("start.kit.sheet")}</strong>
      </header>
      <dl className={styles.facts}>
        <dt>{t("start.kit.workspace")}</dt>
        <dd>{kit.workspace}</dd>
        <dt>{t("start.kit.creator")}</dt>
        <dd>{props.member}</dd>
        <dt>{t("start.kit.date")}</dt>
        <dd>{moment(new Date().toISOString()).slice(0, 10)}</dd>
        <dt>{t("start.kit.id")}</dt>
        <dd className={styles.id}>{kit.id}</dd>
      </dl>
      <ol className={styles.groups}>
        {kit.groups.map((group, n) => (
          <li key={group}>
            <span>{n + 1}</span>
            <code>{group}</code>
          </li>
        ))}
      </ol>
      <p className={styles.advice}>
        {t("start.kit.advice1")}
        <br />
        {t("start.kit.advice2")}
        <br />
        {t("start.kit.advice3")}
      </p>
    </section>
  );
}
