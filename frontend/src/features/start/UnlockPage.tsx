import { Input } from "antd";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useStartReply } from "../../lib/useStartReply";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Mark } from "../../ui/Mark";
import styles from "./UnlockPage.module.css";

// Where the recovery kit opens nothing either.
const noKit = new Set(["elsewhere", "damaged", "damaged_keys", "disk_full", "unsupported_version"]);

// UnlockPage shows mark, name and one way in: no counts, no names of customers.
export function UnlockPage({ state }: { state: StartState }) {
  const { t, maybe } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const [way, setWay] = useState<"own" | "kit">("own");
  const [text, setText] = useState("");
  const asks = state.reason === "passphrase" || (way === "kit" && !noKit.has(state.reason));
  const open = useAct(
    () => (asks && way === "kit" ? bridge.start.unlockKit(text.trim()) : bridge.start.unlock(asks ? text : "")),
    {
      done: useStartReply(),
    },
  );
  const turn = () => {
    setWay(way === "kit" ? "own" : "kit");
    setText("");
    open.reset();
  };
  const known = state.reason === "elsewhere" && state.holderPid > 0 ? "held" : state.reason;
  const reason = maybe(`start.unlock.reason.${known || "locked"}`, {
    holder: state.holder,
    pid: String(state.holderPid),
    file: state.damaged,
    dir: state.dataDir,
  });
  return (
    <main className={styles.page}>
      <form
        className={styles.box}
        onSubmit={(event) => {
          event.preventDefault();
          if (!open.busy && (!asks || text !== "")) void open.run();
        }}
      >
        <Mark size={40} />
        <h1 className={styles.name}>{state.workspace || t("shell.product")}</h1>
        <p className={styles.reason}>{reason ?? t("start.unlock.reason.internal")}</p>
        {asks ? (
          <Field
            label={way === "kit" ? t("start.unlock.kitLabel") : t("start.unlock.label")}
            error={open.error ? errorText(open.error) : null}
          >
            {({ id, describedBy }) => (
              <Input.Password
                key={way}
                id={id}
                aria-describedby={describedBy}
                value={text}
                autoFocus
                autoComplete="current-password"
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        ) : (
          <div role="alert">{open.error ? errorText(open.error) : null}</div>
        )}
        {state.reason === "revoked" ? null : (
          <div className={styles.end}>
            <Button kind="primary" submit disabled={asks && text === ""} busy={open.busy}>
              {asks || state.reason === "" ? t("start.unlock.button") : t("start.unlock.retry")}
            </Button>
            {noKit.has(state.reason) || state.sample ? null : (
              <Button kind="link" onClick={turn}>
                {way === "own" ? t("start.unlock.kit") : t("start.unlock.back")}
              </Button>
            )}
          </div>
        )}
      </form>
    </main>
  );
}
