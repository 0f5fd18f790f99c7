import { Input } from "antd";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { RelayView, SyncStatus } from "../../bridge/types/sync";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import styles from "./SettingsPage.module.css";

// fingerprint is the key's beginning and end; the whole stands in the tooltip.
function fingerprint(key: string): string {
  const pairs = key.toUpperCase().match(/[0-9A-F]{2}/g) ?? [];
  if (pairs.length < 8) return key || "—";
  return `${pairs.slice(0, 4).join(":")}…${pairs.slice(-2).join(":")}`;
}

// named is a relay as it is named: with its key, so that no other is taken when
// only the address is mended (WI18).
function named({ relay, relayKey }: SyncStatus): string {
  return relayKey ? `${relay}#${relayKey}` : relay;
}

// RelayRow shows addresses and fingerprints, the relay in use first. One that was
// never met is changed in place or let go; beside one that was met another is
// added (TR2). Relays are named by whoever owns the book.
export function RelayRow({ status, owner }: { status: SyncStatus; owner: boolean }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const [editing, setEditing] = useState(false);
  const [address, setAddress] = useState("");
  const save = useAct((text: string) => bridge.sync.setRelay(text), { done: () => setEditing(false) });
  const inUse = (r: RelayView) => r.key === status.relayKey;
  const relays = [...status.relays.filter(inUse), ...status.relays.filter((r) => !inUse(r))];
  const change = !status.relay ? "add" : status.relayMet ? "another" : "change";
  if (!editing)
    return (
      <div className={styles.row}>
        <div>
          <p>{t("settings.relay.title")}</p>
          {relays.map((r) => (
            <p key={r.key} className={styles.quiet} title={r.key}>
              {t("settings.relay.with", { address: r.address, key: fingerprint(r.key) })}
            </p>
          ))}
          {relays.length === 0 && owner ? <p className={styles.quiet}>{t("settings.relay.none")}</p> : null}
        </div>
        {owner ? (
          <Button
            onClick={() => {
              setAddress(status.relayMet ? "" : named(status));
              setEditing(true);
            }}
          >
            {t(`settings.relay.${change}`)}
          </Button>
        ) : null}
      </div>
    );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.busy) void save.run(address.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") setEditing(false);
      }}
    >
      <Field
        label={t("settings.relay.address")}
        hint={t("settings.relay.hint")}
        error={save.error ? errorText(save.error) : null}
      >
        {({ id, describedBy }) => (
          <Input
            id={id}
            aria-describedby={describedBy}
            autoFocus
            spellCheck={false}
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        )}
      </Field>
      <div className={styles.line}>
        <Button kind="primary" submit disabled={address.trim() === ""} busy={save.busy}>
          {t("common.save")}
        </Button>
        <Button onClick={() => setEditing(false)}>{t("common.cancel")}</Button>
        {status.relay && !status.relayMet ? (
          <Button kind="link" onClick={() => void save.run("")}>
            {t("settings.relay.remove")}
          </Button>
        ) : null}
      </div>
      {status.relayMet ? <p className={styles.quiet}>{t("settings.relay.stays")}</p> : null}
    </form>
  );
}
