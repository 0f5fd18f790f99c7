import type { SettingsView } from "../../bridge/types/sync";
import { useI18n } from "../../i18n";
import { Mark } from "../../ui/Mark";
import styles from "./SettingsPage.module.css";

export function AboutPage({ settings }: { settings: SettingsView }) {
  const { t } = useI18n();
  return (
    <section className={styles.form}>
      <p className={styles.line}>
        <Mark size={34} />
        <span className={styles.title}>{t("settings.about.product")}</span>
      </p>
      <p>{t("settings.about.what")}</p>
      <p>{t("settings.about.version", { version: settings.version })}</p>
      <p className={styles.quiet}>{t("settings.about.licence")}</p>
    </section>
  );
}
