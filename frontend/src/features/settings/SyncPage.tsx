import { useQuery } from "@tanstack/react-query";
import { Key, Laptop, Monitor, Printer, RefreshCw, UserPlus } from "lucide-react";
import { useEffect, useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { StartState } from "../../bridge/types/start";
import type { DeviceView, SettingsView, SyncStatus } from "../../bridge/types/sync";
import { useI18n } from "../../i18n";
import { goReplace } from "../../lib/route";
import { dotOf, refusing, useClockText, useRelayText, useSyncText } from "../../lib/syncText";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { InviteDialog } from "./InviteDialog";
import { KeysPart } from "./KeysPart";
import { KitPart } from "./KitPart";
import { RelayRow } from "./RelayRow";
import styles from "./SettingsPage.module.css";

interface Props {
  settings: SettingsView;
  state: StartState;
  inviting: boolean;
  onKit: (replace: boolean) => void;
}

// SyncPage shows of the invented book only what it has: it has no relay, and
// nobody printed its kit or chose its passphrase.
export function SyncPage({ settings, state, inviting, onKit }: Props) {
  const { t } = useI18n();
  const bridge = useBridge();
  const status = useQuery({ queryKey: keys.sync(), queryFn: () => bridge.sync.status() });
  const [invite, setInvite] = useState(inviting);
  const may = (ability: string) => state.abilities.includes(ability);
  useEffect(() => {
    if (inviting) setInvite(true);
  }, [inviting]);
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <section>
          <h2 className={styles.title}>{t("sync.title")}</h2>
          {status.data ? <State status={status.data} /> : null}
          {status.data && !state.sample ? <RelayRow status={status.data} owner={may("owner")} /> : null}
          {may("invite") ? (
            <div className={styles.row}>
              <div>
                <p>{t("settings.invite.title")}</p>
                <p className={styles.quiet}>{t("settings.invite.text")}</p>
              </div>
              <Button icon={UserPlus} onClick={() => setInvite(true)}>
                {t("settings.invite.button")}
              </Button>
            </div>
          ) : null}
        </section>
      </div>
      <div className={styles.column}>
        {state.sample ? null : <KitPart state={state} onKit={onKit} />}
        <section>
          <h2 className={styles.title}>{t("settings.devices.title")}</h2>
          <div className={`${styles.box} ${styles.devices}`}>
            {inOrder(settings.devices.filter((d) => !(state.sample && d.kit))).map((device) => (
              <Device key={device.id} device={device} />
            ))}
          </div>
        </section>
        {state.sample ? null : <KeysPart settings={settings} icon={Key} />}
      </div>
      <InviteDialog
        open={invite && may("invite")}
        department={state.department}
        relay={status.data?.relay ?? ""}
        onClose={() => {
          setInvite(false);
          if (inviting) goReplace("settings", "sync");
        }}
      />
    </div>
  );
}

function State({ status }: { status: SyncStatus }) {
  const { t, time, count } = useI18n();
  const bridge = useBridge();
  const text = useSyncText();
  const clock = useClockText();
  const relay = useRelayText();
  const errorText = useErrorText();
  const now = useAct(() => bridge.sync.now());
  const last = status.last
    ? status.roundTrip > 0
      ? t("sync.lastRound", { time: time(status.last), n: Math.max(1, Math.round(status.roundTrip)) })
      : t("sync.last", { time: time(status.last) })
    : t("sync.never");
  const numbers = [
    ["pending", status.pending],
    ["sent", status.sent],
    ["received", status.received],
    ["rejectedCount", status.rejected],
  ] as const;
  return (
    <div className={styles.box}>
      <div className={styles.state}>
        <span className={`${styles.dot} ${styles[dotOf(status)]}`} aria-hidden="true" />
        <span className={styles.words}>
          <span className={styles.strong} aria-live="polite">
            {text(status)}
          </span>
          {status.state === "norelay" ? null : <span className={styles.quiet}>{last}</span>}
        </span>
        <Button icon={RefreshCw} busy={now.busy} disabled={status.state === "norelay"} onClick={() => void now.run()}>
          {t("sync.now")}
        </Button>
      </div>
      <dl className={styles.numbers}>
        {numbers.map(([key, n]) => (
          <div key={key}>
            <dt>{t(`sync.${key}`)}</dt>
            <dd>{count(n)}</dd>
          </div>
        ))}
      </dl>
      {status.checking > 0 ? <p className={styles.quiet}>{t("sync.checking", { n: status.checking })}</p> : null}
      {refusing(status) ? <p className={styles.warn}>{t("sync.fullText")}</p> : null}
      {relay(status) ? <p className={styles.warn}>{relay(status)}</p> : null}
      {clock(status.clockSkew) ? <p className={styles.warn}>{clock(status.clockSkew)}</p> : null}
      <div role="alert" className={styles.bad}>
        {now.error ? errorText(now.error) : null}
      </div>
    </div>
  );
}

// inOrder puts this computer first and kits last.
function inOrder(devices: readonly DeviceView[]): DeviceView[] {
  const place = (d: DeviceView) => (d.here ? 0 : d.kit ? 2 : 1);
  return [...devices].sort((a, b) => place(a) - place(b));
}

function Device({ device }: { device: DeviceView }) {
  const { t } = useI18n();
  const words = device.kit
    ? t(device.active ? "settings.devices.kit" : "settings.devices.kitOld")
    : device.here
      ? t("settings.devices.here")
      : device.active
        ? t("settings.devices.active")
        : t("settings.devices.stopped");
  return (
    <div className={styles.device}>
      <Icon of={device.kit ? Printer : device.here ? Monitor : Laptop} />
      <div>
        <p>{device.kit ? t("settings.kit.title") : device.name}</p>
        <p className={styles.quiet}>{words}</p>
      </div>
      {device.here ? <span className={`${styles.dot} ${styles.green}`} aria-hidden="true" /> : null}
    </div>
  );
}
