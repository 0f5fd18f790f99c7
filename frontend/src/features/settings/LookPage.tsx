import { useQueryClient } from "@tanstack/react-query";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { SettingsView } from "../../bridge/types/sync";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Segmented } from "../../ui/Segmented";
import styles from "./SettingsPage.module.css";

export function LookPage({ settings }: { settings: SettingsView }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const errorText = useErrorText();
  const keep = useAct((call: () => Promise<SettingsView>) => call(), {
    done: (view) => client.setQueryData(keys.settings(), view),
  });
  return (
    <section>
      <h2 className={styles.title}>{t("settings.pages.look")}</h2>
      <div className={styles.row}>
        <p>{t("settings.look.language")}</p>
        <Segmented
          label={t("settings.look.language")}
          value={settings.language}
          options={(["system", "zh", "en"] as const).map((value) => ({ value, label: t(`start.language.${value}`) }))}
          onChange={(value) => void keep.run(() => bridge.settings.setLanguage(value))}
        />
      </div>
      <div className={styles.row}>
        <p>{t("settings.look.theme")}</p>
        <Segmented
          label={t("settings.look.theme")}
          value={settings.theme}
          options={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`start.theme.${value}`) }))}
          onChange={(value) => void keep.run(() => bridge.settings.setTheme(value))}
        />
      </div>
      <p className={styles.quiet}>{t("settings.look.now")}</p>
      <div role="alert" className={styles.bad}>
        {keep.error ? errorText(keep.error) : null}
      </div>
    </section>
  );
}
