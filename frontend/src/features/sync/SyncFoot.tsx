import { useQuery } from "@tanstack/react-query";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import { useI18n } from "../../i18n";
import styles from "./SyncFoot.module.css";
import { dotOf, useSyncText } from "./syncText";

// SyncFoot is the one dot that tells the truth about the relay (UX.md 5.11).
export function SyncFoot() {
  const bridge = useBridge();
  const { time } = useI18n();
  const text = useSyncText();
  const status = useQuery({ queryKey: keys.sync(), queryFn: () => bridge.sync.status() });
  if (!status.data) return null;
  const words = text(status.data);
  return (
    <button type="button" className={styles.foot} title={words}>
      <span className={`${styles.dot} ${styles[dotOf(status.data)]}`} aria-hidden="true" />
      <span className={styles.text} aria-live="polite">
        {words}
      </span>
      {status.data.state === "synced" ? <span className={styles.time}>{time(status.data.last)}</span> : null}
    </button>
  );
}
