import { useBridge } from "../../bridge/context";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useStartReply } from "../../lib/useStartReply";
import { Button } from "../../ui/Button";
import styles from "./form.module.css";
import { PassphraseFields, usePassphrase } from "./PassphraseFields";

export function SampleForm({ state }: { state: StartState }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const secret = usePassphrase(state.keyring);
  const open = useAct(
    async () => {
      await secret.send(bridge);
      return bridge.start.sample();
    },
    { done: useStartReply() },
  );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (secret.ready && !open.busy) void open.run();
      }}
    >
      <PassphraseFields secret={secret} />
      <div role="alert" className={styles.bad}>
        {open.error ? errorText(open.error) : null}
      </div>
      <div className={styles.end}>
        <span />
        <Button kind="primary" submit disabled={!secret.ready} busy={open.busy} autoFocus>
          {t("start.sample.button")}
        </Button>
      </div>
    </form>
  );
}
