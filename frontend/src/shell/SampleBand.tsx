import { useBridge } from "../bridge/context";
import { useI18n } from "../i18n";
import { useAct } from "../lib/useAct";
import { useStartReply } from "../lib/useStartReply";
import { Button } from "../ui/Button";
import styles from "./Workspace.module.css";

export function SampleBand() {
  const { t } = useI18n();
  const bridge = useBridge();
  const clear = useAct(() => bridge.start.clearSample(), { done: useStartReply() });
  return (
    <aside className={styles.band}>
      <span>{t("shell.sample.band")}</span>
      <Button kind="link" size="small" busy={clear.busy} onClick={() => void clear.run()}>
        {t("shell.sample.clear")}
      </Button>
    </aside>
  );
}
