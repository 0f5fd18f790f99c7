import { Info } from "lucide-react";
import type { ImportView } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { Notice } from "../../ui/Notice";
import styles from "./Step.module.css";

// Repaired says, before the check, what a change would take back.
export function Repaired({ view }: { view: ImportView }) {
  const { t } = useI18n();
  if (view.repairs === 0) return null;
  return (
    <div className={styles.notice}>
      <Notice icon={Info} tone="warn">
        {t("import.repaired", { n: view.repairs })}
      </Notice>
    </div>
  );
}
