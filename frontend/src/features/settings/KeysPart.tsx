import { useQueryClient } from "@tanstack/react-query";
import { Input } from "antd";
import type { LucideIcon } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { SettingsView } from "../../bridge/types/sync";
import { useI18n } from "../../i18n";
import { shortestPassphrase } from "../../lib/passphrase";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Icon } from "../../ui/Icon";
import styles from "./SettingsPage.module.css";

// KeysPart says where the book's key lies and moves it to a passphrase.
export function KeysPart(props: { settings: SettingsView; icon: LucideIcon }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const [changed, setChanged] = useState(false);
  const byPassphrase = props.settings.keyPlace === "passphrase";
  return (
    <section>
      <h2 className={styles.title}>{t("settings.keys.title")}</h2>
      <div className={`${styles.line} ${styles.keys}`}>
        <Icon of={props.icon} />
        <span>{byPassphrase ? t("settings.keys.passphrase") : t("settings.keys.keyring")}</span>
        <Button kind="link" size="small" onClick={() => setOpen(!open)}>
          {byPassphrase ? t("settings.keys.changePass") : t("settings.keys.change")}
        </Button>
      </div>
      {open ? (
        <PassphraseForm
          onDone={() => {
            setOpen(false);
            setChanged(true);
          }}
        />
      ) : null}
      <p role="status" className={styles.quiet}>
        {changed && !open ? t("settings.keys.changed") : null}
      </p>
    </section>
  );
}

function PassphraseForm(props: { onDone: () => void }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const errorText = useErrorText();
  const [text, setText] = useState("");
  const [again, setAgain] = useState("");
  const change = useAct((secret: string) => bridge.settings.changePassphrase(secret), {
    done: (view) => {
      client.setQueryData(keys.settings(), view);
      props.onDone();
    },
  });
  const ready = [...text].length >= shortestPassphrase && text === again;
  const differs = again !== "" && again !== text;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !change.busy) void change.run(text);
      }}
    >
      <Field
        label={t("settings.keys.new")}
        warning={text !== "" && [...text].length < shortestPassphrase ? t("start.passphrase.short") : null}
      >
        {({ id, describedBy }) => (
          <Input.Password
            id={id}
            aria-describedby={describedBy}
            autoComplete="new-password"
            value={text}
            onChange={(e) => setText(e.target.value)}
          />
        )}
      </Field>
      <Field label={t("settings.keys.again")} warning={differs ? t("start.passphrase.differs") : null}>
        {({ id, describedBy }) => (
          <Input.Password
            id={id}
            aria-describedby={describedBy}
            autoComplete="new-password"
            value={again}
            onChange={(e) => setAgain(e.target.value)}
          />
        )}
      </Field>
      <div role="alert" className={styles.bad}>
        {change.error ? errorText(change.error) : null}
      </div>
      <div>
        <Button kind="primary" submit disabled={!ready} busy={change.busy}>
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}
