import { CircleAlert, Printer, ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import styles from "./SettingsPage.module.css";

// KitPart tells whether the recovery kit is safe. Replacing one that is asks
// first: it is one of the four questions of UX.md 11.
export function KitPart({ state, onKit }: { state: StartState; onKit: (replace: boolean) => void }) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const pending = state.kitPending;
  const keeper = state.abilities.includes("owner");
  if (!pending && !keeper)
    return (
      <section>
        <h2 className={styles.title}>{t("settings.kit.title")}</h2>
        <p className={styles.quiet}>{t("settings.kit.other")}</p>
      </section>
    );
  return (
    <section>
      <h2 className={styles.title}>{t("settings.kit.title")}</h2>
      <div className={`${styles.box} ${styles.form}`}>
        <p className={styles.line}>
          <Icon of={pending ? CircleAlert : ShieldCheck} tone={pending ? "warn" : "ok"} />
          <span className={styles.strong}>{pending ? t("settings.kit.pending") : t("settings.kit.ok")}</span>
        </p>
        <p className={styles.quiet}>{pending ? t("settings.kit.pendingText") : t("settings.kit.okText")}</p>
        <div>
          {pending ? (
            <Button kind="primary" icon={Printer} onClick={() => onKit(false)}>
              {t("settings.kit.save")}
            </Button>
          ) : (
            <Button onClick={() => setAsking(true)}>{t("settings.kit.replace")}</Button>
          )}
        </div>
      </div>
      <Dialog
        title={t("settings.kit.askTitle")}
        open={asking}
        width={480}
        onClose={() => setAsking(false)}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
            <Button
              kind="danger"
              onClick={() => {
                setAsking(false);
                onKit(true);
              }}
            >
              {t("settings.kit.askYes")}
            </Button>
          </>
        }
      >
        <p>{t("settings.kit.askText", { workspace: state.workspace })}</p>
      </Dialog>
    </section>
  );
}
