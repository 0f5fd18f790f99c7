import { useQuery } from "@tanstack/react-query";
import { Popover } from "antd";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import { useI18n } from "../../i18n";
import { dotOf, useSyncText } from "../../lib/syncText";
import styles from "./SyncFoot.module.css";
import { SyncPanel } from "./SyncPanel";

// SyncFoot is the one dot that tells the truth about the relay (UX.md 5.11).
export function SyncFoot() {
  const bridge = useBridge();
  const { time } = useI18n();
  const text = useSyncText();
  const [open, setOpen] = useState(false);
  const status = useQuery({ queryKey: keys.sync(), queryFn: () => bridge.sync.status() });
  if (!status.data) return null;
  const words = text(status.data);
  const green = dotOf(status.data) === "green";
  return (
    <Popover
      trigger="click"
      placement="rightBottom"
      arrow={false}
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={<SyncPanel status={status.data} onClose={() => setOpen(false)} />}
    >
      <button type="button" className={styles.foot} title={words} aria-expanded={open}>
        <span className={`${styles.dot} ${styles[dotOf(status.data)]}`} aria-hidden="true" />
        <span className={styles.text}>{words}</span>
        {green ? <span className={styles.time}>{time(status.data.last)}</span> : null}
      </button>
    </Popover>
  );
}
