import { Input } from "antd";
import { useState } from "react";
import type { Bridge } from "../../bridge/bridge";
import { useI18n } from "../../i18n";
import { shortestPassphrase } from "../../lib/passphrase";
import { Field } from "../../ui/Field";
import styles from "./form.module.css";

export interface Passphrase {
  needed: boolean;
  text: string;
  again: string;
  setText: (text: string) => void;
  setAgain: (text: string) => void;
  ready: boolean;
  // Hands it over for the call that follows, where one is needed.
  send: (bridge: Bridge) => Promise<void>;
}

// usePassphrase asks for one only where the system's keyring cannot keep the
// key. It lives in this component's memory and nowhere else.
export function usePassphrase(keyring: boolean): Passphrase {
  const [text, setText] = useState("");
  const [again, setAgain] = useState("");
  return {
    needed: !keyring,
    text,
    again,
    setText,
    setAgain,
    ready: keyring || ([...text].length >= shortestPassphrase && text === again),
    send: async (bridge) => {
      if (!keyring) await bridge.start.passphrase(text);
    },
  };
}

export function PassphraseFields({ secret }: { secret: Passphrase }) {
  const { t } = useI18n();
  if (!secret.needed) return null;
  const short = secret.text !== "" && [...secret.text].length < shortestPassphrase;
  const differs = secret.again !== "" && secret.again !== secret.text;
  return (
    <>
      <p>{t("start.passphrase.why")}</p>
      <div className={styles.pair}>
        <Field label={t("start.passphrase.label")} warning={short ? t("start.passphrase.short") : null}>
          {({ id, describedBy }) => (
            <Input.Password
              id={id}
              aria-describedby={describedBy}
              value={secret.text}
              autoComplete="new-password"
              onChange={(e) => secret.setText(e.target.value)}
            />
          )}
        </Field>
        <Field label={t("start.passphrase.again")} warning={differs ? t("start.passphrase.differs") : null}>
          {({ id, describedBy }) => (
            <Input.Password
              id={id}
              aria-describedby={describedBy}
              value={secret.again}
              autoComplete="new-password"
              onChange={(e) => secret.setAgain(e.target.value)}
            />
          )}
        </Field>
      </div>
    </>
  );
}
