import { useI18n } from "../../i18n";
import { Kbd } from "../../ui/Kbd";
import styles from "./Footer.module.css";

// Footer tells how many there are, how long it took, and the keys.
export function Footer(props: { total: number; all: number; narrowed: boolean; millis: number }) {
  const { t } = useI18n();
  return (
    <footer className={styles.foot}>
      <span aria-live="polite">
        {props.narrowed
          ? t("customers.foot.filtered", { n: props.total, all: props.all })
          : t("customers.foot.count", { n: props.total })}
      </span>
      {props.narrowed ? <span>{t("customers.foot.millis", { n: Math.max(1, Math.round(props.millis)) })}</span> : null}
      <span className={styles.keys} aria-hidden="true">
        <Kbd keys="↑" />
        <Kbd keys="↓" />
        {t("customers.foot.move")}
        <Kbd keys="Enter" />
        {t("customers.foot.open")}
        <Kbd keys="/" />
        {t("customers.foot.find")}
        <Kbd keys="N" />
        {t("customers.foot.new")}
      </span>
    </footer>
  );
}
