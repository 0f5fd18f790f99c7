import { FolderOpen } from "lucide-react";
import { useBridge } from "../../bridge/context";
import type { SettingsView } from "../../bridge/types/sync";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import styles from "./SettingsPage.module.css";

export function DataPage({ settings }: { settings: SettingsView }) {
  const { t, bytes } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const open = useAct(() => bridge.settings.openFolder());
  // In a browser there is no folder to open: the program may be elsewhere.
  const here = bridge.files.upload === null;
  return (
    <section>
      <h2 className={styles.title}>{t("settings.pages.data")}</h2>
      <div className={styles.row}>
        <div>
          <p>{t("settings.data.dir")}</p>
          <p className={`${styles.quiet} ${styles.code}`}>{settings.dataDir}</p>
        </div>
        {here ? (
          <Button icon={FolderOpen} busy={open.busy} onClick={() => void open.run()}>
            {t("settings.data.open")}
          </Button>
        ) : null}
      </div>
      <div className={styles.row}>
        <p>{t("settings.data.size")}</p>
        <span>{bytes(settings.bytes)}</span>
      </div>
      <p className={styles.quiet}>{t("settings.data.text")}</p>
      <div role="alert" className={styles.bad}>
        {open.error ? errorText(open.error) : null}
      </div>
    </section>
  );
}
