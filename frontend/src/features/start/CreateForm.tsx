import { Input } from "antd";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { Kit, StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import styles from "./form.module.css";
import { PassphraseFields, usePassphrase } from "./PassphraseFields";

interface Props {
  state: StartState;
  onMaking: (making: boolean) => void;
  onMade: (kit: Kit) => void;
}

// CreateForm makes the company's book; the recovery kit follows at once, which
// is why the gate is told before the book opens.
export function CreateForm(props: Props) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const [draft, setDraft] = useState({
    company: "",
    member: props.state.defaultMember,
    department: "",
    device: props.state.defaultDevice,
    relay: "",
  });
  const secret = usePassphrase(props.state.keyring);
  const create = useAct(
    async () => {
      props.onMaking(true);
      await secret.send(bridge);
      await bridge.start.create(draft);
      return bridge.start.kit();
    },
    { done: props.onMade, failed: () => props.onMaking(false) },
  );
  const ready =
    [draft.company, draft.member, draft.department, draft.device].every((x) => x.trim() !== "") && secret.ready;
  const field = (name: keyof typeof draft, hint?: string) => (
    <Field label={t(`start.create.${name}`)} hint={hint}>
      {({ id, describedBy }) => (
        <Input
          id={id}
          aria-describedby={describedBy}
          value={draft[name]}
          autoFocus={name === "company"}
          onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !create.busy) void create.run();
      }}
    >
      {field("company")}
      <div className={styles.pair}>
        {field("member")}
        {field("department")}
        {field("device")}
        {field("relay")}
      </div>
      <p className={styles.note}>{t("start.create.relayHint")}</p>
      <PassphraseFields secret={secret} />
      <div role="alert" className={styles.bad}>
        {create.error ? errorText(create.error) : null}
      </div>
      <div className={styles.end}>
        <span className={styles.note}>{t("start.create.next")}</span>
        <Button kind="primary" submit disabled={!ready} busy={create.busy}>
          {t("start.create.button")}
        </Button>
      </div>
    </form>
  );
}
