import { Input } from "antd";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { SyncStatus } from "../../bridge/types/sync";
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

// RelayRow shows address and fingerprint, and changes them in place.
export function RelayRow({ status }: { status: SyncStatus }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const [editing, setEditing] = useState(false);
  const [address, setAddress] = useState(status.relay);
  const save = useAct((text: string) => bridge.sync.setRelay(text), { done: () => setEditing(false) });
  if (!editing)
    return (
      <div className={styles.row}>
        <div>
          <p>{t("settings.relay.title")}</p>
          <p className={styles.quiet} title={status.relayKey}>
            {status.relay
              ? t("settings.relay.with", { address: status.relay, key: fingerprint(status.relayKey) })
              : t("settings.relay.none")}
          </p>
        </div>
        <Button
          onClick={() => {
            setAddress(status.relay);
            setEditing(true);
          }}
        >
          {status.relay ? t("settings.relay.change") : t("settings.relay.add")}
        </Button>
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
