import { useQuery } from "@tanstack/react-query";
import { ListRestart, RefreshCw } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import { useI18n } from "../../i18n";
import { Notice } from "../../ui/Notice";
import styles from "./BookNews.module.css";

// From how many changes on their way a search that finds nothing may mislead.
const many = 500;

// BookNews says why the list may not be whole yet (UX.md 7).
export function BookNews() {
  const { t } = useI18n();
  const bridge = useBridge();
  const status = useQuery({ queryKey: keys.sync(), queryFn: () => bridge.sync.status() }).data;
  if (!status) return null;
  const coming = status.state === "syncing" ? status.total - status.done : 0;
  if (status.toIndex > 0)
    return (
      <div className={styles.news}>
        <Notice icon={ListRestart} tone="accent" role="status">
          {status.indexed === 0
            ? t("customers.news.indexingAll")
            : status.indexSeconds > 0
              ? t("customers.news.indexingSeconds", {
                  done: status.indexed,
                  total: status.toIndex,
                  n: status.indexSeconds,
                })
              : t("customers.news.indexing", { done: status.indexed, total: status.toIndex })}
        </Notice>
      </div>
    );
  if (coming < many) return null;
  return (
    <div className={styles.news}>
      <Notice icon={RefreshCw} tone="accent" role="status">
        {t("customers.news.coming", { n: coming })}
      </Notice>
    </div>
  );
}
