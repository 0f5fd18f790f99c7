import { Input } from "antd";
import { CircleCheck, FolderOpen } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { useBridge } from "../../bridge/context";
import type { InvitePreview, StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { isEnter } from "../../lib/keyboard";
import { useAct } from "../../lib/useAct";
import { useStartReply } from "../../lib/useStartReply";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Icon } from "../../ui/Icon";
import { Asking } from "./Asking";
import styles from "./form.module.css";
import { PassphraseFields, usePassphrase } from "./PassphraseFields";

// JoinForm says whose workspace, which role and until when before anything is
// done; name and device are filled from the computer.
export function JoinForm({ state }: { state: StartState }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const [link, setLink] = useState("");
  const [device, setDevice] = useState(state.defaultDevice);
  const [name, setName] = useState<string | null>(null);
  const secret = usePassphrase(state.keyring);
  const inspect = useAct((text: string) => bridge.start.inspect(text));
  const [preview, setPreview] = useState<InvitePreview | null>(null);
  // Whether the link was asked about; a stopped question can be asked again.
  const [asked, setAsked] = useState(false);
  const look = useRef(() => {});
  look.current = () => {
    setAsked(true);
    void inspect.run(link.trim()).then((found) => setPreview(found ?? null));
  };
  useEffect(() => {
    setPreview(null);
    setAsked(false);
    if (link.trim() === "") return;
    const timer = setTimeout(() => look.current(), 250);
    return () => clearTimeout(timer);
  }, [link]);
  const member = name ?? (preview?.member || state.defaultMember);
  const join = useAct(
    async () => {
      await secret.send(bridge);
      return bridge.start.join({ member: member.trim(), device: device.trim() });
    },
    { done: useStartReply() },
  );
  const ready = preview !== null && member.trim() !== "" && device.trim() !== "" && secret.ready;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !join.busy) void join.run();
      }}
    >
      <LinkLine link={link} ok={preview !== null} onLink={setLink} />
      {asked && preview === null ? (
        <Asking
          busy={inspect.busy}
          error={inspect.error}
          again={inspect.error && inspect.error.code !== "offline" ? null : () => look.current()}
        />
      ) : null}
      {preview ? (
        <>
          <Preview of={preview} />
          <div className={styles.pair}>
            <Field label={t("start.join.name")}>
              {({ id }) => <Input id={id} value={member} onChange={(e) => setName(e.target.value)} />}
            </Field>
            <Field label={t("start.join.device")}>
              {({ id }) => <Input id={id} value={device} onChange={(e) => setDevice(e.target.value)} />}
            </Field>
          </div>
          <PassphraseFields secret={secret} />
          <Asking busy={join.busy} error={join.error} again={null} />
          <div className={styles.end}>
            <span className={styles.note}>{t("start.join.note")}</span>
            <Button kind="primary" submit disabled={!ready} busy={join.busy}>
              {t("start.join.button")}
            </Button>
          </div>
        </>
      ) : null}
    </form>
  );
}

function LinkLine(props: { link: string; ok: boolean; onLink: (link: string) => void }) {
  const { t } = useI18n();
  const file = useRef<HTMLInputElement>(null);
  const read = (chosen: File | undefined) => void chosen?.text().then((text) => props.onLink(text.trim()));
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const dropped = event.dataTransfer.files[0];
    if (dropped) read(dropped);
    else props.onLink(event.dataTransfer.getData("text/plain").trim());
  };
  return (
    <div className={styles.line}>
      <div className={styles.grow}>
        <Input
          aria-label={t("start.join.link")}
          placeholder={t("start.join.link")}
          value={props.link}
          spellCheck={false}
          autoComplete="off"
          suffix={props.ok ? <Icon of={CircleCheck} tone="ok" /> : <span />}
          onChange={(event) => props.onLink(event.target.value)}
          onKeyDown={(event) => isEnter(event) && !props.ok && event.preventDefault()}
          onDrop={drop}
          autoFocus
        />
      </div>
      <Button icon={FolderOpen} onClick={() => file.current?.click()}>
        {t("start.join.file")}
      </Button>
      <input
        ref={file}
        type="file"
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(e) => read(e.target.files?.[0])}
      />
    </div>
  );
}

function Preview({ of }: { of: InvitePreview }) {
  const { t, until, maybe } = useI18n();
  const role = maybe(`start.role.${of.role}`) ?? of.role;
  return (
    <dl className={styles.preview}>
      <dt>{t("start.join.workspace")}</dt>
      <dd>{of.workspace}</dd>
      <dt>{t("start.join.inviter")}</dt>
      <dd>{of.inviter}</dd>
      <dt>{t("start.join.role")}</dt>
      <dd>{t("start.join.roleIn", { role, department: of.department })}</dd>
      <dt>{t("start.join.until")}</dt>
      <dd>{t("start.join.once", { time: until(of.until) })}</dd>
    </dl>
  );
}
