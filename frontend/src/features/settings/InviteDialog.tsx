import { Input, Select } from "antd";
import { Copy } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { InviteReply } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import styles from "./SettingsPage.module.css";

interface Props {
  open: boolean;
  department: string;
  relay: string;
  onClose: () => void;
}

export function InviteDialog(props: Props) {
  const { t } = useI18n();
  return (
    <Dialog title={t("settings.invite.title")} open={props.open} width={480} onClose={props.onClose}>
      {props.open ? <InviteForm {...props} /> : null}
    </Dialog>
  );
}

const days = [1, 3, 7, 14];

function InviteForm({ department, relay }: Props) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const [draft, setDraft] = useState({ role: "colleague", department, member: "", days: 3 });
  const [invite, setInvite] = useState<InviteReply | null>(null);
  const make = useAct(() => bridge.start.invite(draft), { done: setInvite });
  if (invite) return <Made invite={invite} />;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!make.busy && draft.department.trim() !== "") void make.run();
      }}
    >
      {relay ? null : <Notice tone="warn">{t("settings.invite.relay")}</Notice>}
      <Field label={t("settings.invite.department")}>
        {({ id }) => (
          <Input
            id={id}
            autoFocus
            value={draft.department}
            onChange={(e) => setDraft({ ...draft, department: e.target.value })}
          />
        )}
      </Field>
      <Field label={t("settings.invite.member")} hint={t("settings.invite.memberHint")}>
        {({ id, describedBy }) => (
          <Input
            id={id}
            aria-describedby={describedBy}
            value={draft.member}
            onChange={(e) => setDraft({ ...draft, member: e.target.value })}
          />
        )}
      </Field>
      <div className={styles.pair}>
        {/* A founder is not invited (IN5): there is one role to invite with. */}
        <Field label={t("settings.invite.role")}>
          {({ id }) => <output id={id}>{t("start.role.colleague")}</output>}
        </Field>
        <Field label={t("settings.invite.days")}>
          {({ id }) => (
            <Select
              id={id}
              className={styles.wide ?? ""}
              value={draft.days}
              options={days.map((n) => ({ value: n, label: t("settings.invite.daysN", { n }) }))}
              onChange={(n) => setDraft({ ...draft, days: n })}
            />
          )}
        </Field>
      </div>
      <div role="alert" className={styles.bad}>
        {make.error ? (make.error.code === "offline" ? t("settings.invite.offline") : errorText(make.error)) : null}
      </div>
      <div className={styles.end}>
        <Button kind="primary" submit disabled={draft.department.trim() === ""} busy={make.busy}>
          {t("settings.invite.make")}
        </Button>
      </div>
    </form>
  );
}

function Made({ invite }: { invite: InviteReply }) {
  const { t, until } = useI18n();
  const [copied, setCopied] = useState(false);
  return (
    <div className={styles.form}>
      <Field label={t("settings.invite.link")} hint={t("settings.invite.until", { time: until(invite.until) })}>
        {({ id, describedBy }) => (
          <Input.TextArea
            id={id}
            aria-describedby={describedBy}
            readOnly
            autoSize
            value={invite.link}
            onFocus={(e) => e.target.select()}
          />
        )}
      </Field>
      <div className={styles.line}>
        <Button
          kind="primary"
          icon={Copy}
          autoFocus
          onClick={() => void navigator.clipboard.writeText(invite.link).then(() => setCopied(true))}
        >
          {t("common.copy")}
        </Button>
        <span role="status" className={styles.quiet}>
          {copied ? t("common.copied") : null}
        </span>
      </div>
    </div>
  );
}
