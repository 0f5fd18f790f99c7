import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { SyncStatus } from "../../bridge/types/sync";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { refusing, useClockText, useRelayText, useSyncText } from "../../lib/syncText";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import styles from "./SyncPanel.module.css";

const listed = 8;

// SyncPanel opens from the dot: last contact, what is still to be sent as a
// list of customers, and one way to try again.
export function SyncPanel({ status, onClose }: { status: SyncStatus; onClose: () => void }) {
  const { t, time } = useI18n();
  const bridge = useBridge();
  const text = useSyncText();
  const clock = useClockText();
  const relay = useRelayText();
  const errorText = useErrorText();
  const pending = useQuery({ queryKey: keys.pending(), queryFn: () => bridge.sync.pending() });
  const now = useAct(() => bridge.sync.now());
  const waits = status.pending > 0;
  const customers = pending.data?.customers.slice(0, listed) ?? [];
  const total = pending.data?.total ?? 0;
  const more = total - customers.length;
  const leave = (page: "review" | "settings" | "customers", ...path: string[]) => {
    onClose();
    go(page, ...path);
  };
  return (
    <section className={styles.panel} aria-label={t("sync.title")}>
      <header className={styles.head}>
        <strong>{text(status)}</strong>
        <span className={styles.quiet}>
          {status.last ? t("sync.last", { time: time(status.last) }) : t("sync.never")}
        </span>
      </header>
      {refusing(status) ? <p className={styles.quiet}>{t("sync.fullText")}</p> : null}
      {waits && !refusing(status) && (status.state === "offline" || status.state === "norelay") ? (
        <p className={styles.quiet}>{t("sync.saved")}</p>
      ) : null}
      {status.state === "healing" ? <p className={styles.quiet}>{t("sync.healingText")}</p> : null}
      {relay(status) ? <p className={styles.warn}>{relay(status)}</p> : null}
      {clock(status.clockSkew) ? <p className={styles.warn}>{clock(status.clockSkew)}</p> : null}
      {status.rejected > 0 ? (
        <div className={styles.line}>
          <span>{t("sync.rejected", { n: status.rejected })}</span>
          <Button kind="link" size="small" onClick={() => leave("review", "rejected")}>
            {t("sync.look")}
          </Button>
        </div>
      ) : null}
      <p className={styles.quiet}>
        {waits
          ? [t("sync.pendingCount", { n: status.pending }), total > 0 ? t("sync.pendingOf", { n: total }) : ""].join("")
          : t("sync.nothing")}
      </p>
      <ul className={styles.list} aria-label={t("sync.pending")}>
        {customers.map((c) => (
          <li key={c.id} className={styles.line}>
            <button type="button" className={styles.customer} onClick={() => leave("customers", c.id)}>
              {c.name}
            </button>
            <span className={styles.quiet}>{c.detail}</span>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className={styles.quiet}>{t("sync.pendingMore", { n: more })}</p> : null}
      <div role="alert" className={styles.warn}>
        {now.error ? errorText(now.error) : null}
      </div>
      <footer className={styles.foot}>
        {status.state === "norelay" ? null : (
          <Button size="small" icon={RefreshCw} busy={now.busy} onClick={() => void now.run()}>
            {status.state === "offline" ? t("sync.again") : t("sync.now")}
          </Button>
        )}
        <Button kind="link" size="small" onClick={() => leave("settings", "sync")}>
          {t("sync.settings")}
        </Button>
      </footer>
    </section>
  );
}
