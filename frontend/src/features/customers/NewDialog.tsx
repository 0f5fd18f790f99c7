import { useRef, useState } from "react";
import type { StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import styles from "./NewDialog.module.css";
import { NewField } from "./NewField";
import { useDraft } from "./useDraft";
import type { Schema } from "./useSchema";

interface Props {
  open: boolean;
  name: string;
  schema: Schema;
  state: StartState | undefined;
  onClose: () => void;
}

const usual = ["name", "mobile", "uscc", "source", "contact", "remark"];
const byProgram = new Set(["owner", "department"]);

// NewDialog makes a customer from six fields, or all. Closing keeps what was
// typed until it is saved.
export function NewDialog(props: Props) {
  const { t } = useI18n();
  return (
    <Dialog title={t("customers.create.title")} open={props.open} onClose={props.onClose}>
      {props.open ? <Form {...props} /> : null}
    </Dialog>
  );
}

function Form({ name, schema, state, onClose }: Props) {
  const { t } = useI18n();
  const errorText = useErrorText();
  const form = useRef<HTMLFormElement>(null);
  const draft = useDraft(name);
  const [all, setAll] = useState(false);
  const may = schema.fields.filter((f) => f.writable && f.type !== "entries" && !byProgram.has(f.id));
  const fields = all
    ? may
    : may.filter((f) => usual.includes(f.id)).sort((a, b) => usual.indexOf(a.id) - usual.indexOf(b.id));
  const save = async (another: boolean) => {
    const id = await draft.save();
    if (!id) return;
    if (another) form.current?.querySelector("input")?.focus();
    else {
      onClose();
      go("customers", id);
    }
  };
  return (
    <form
      ref={form}
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        void save(event.shiftKey);
      }}
    >
      <div className={styles.fields}>
        {fields.map((field, n) => (
          <NewField
            key={field.id}
            field={field}
            schema={schema}
            text={draft.texts[field.id] ?? ""}
            first={n === 0}
            error={draft.error?.field === field.id ? errorText(draft.error) : ""}
            onText={(text) => draft.set(field.id, text)}
            onOpen={(id) => {
              onClose();
              go("customers", id);
            }}
          />
        ))}
      </div>
      <p className={`${styles.note} ${styles.auto}`}>
        {state ? t("customers.create.auto", { member: state.member, department: state.department }) : null}
        <Button kind="link" size="small" onClick={() => setAll(!all)}>
          {all ? t("customers.create.few") : t("customers.create.all", { n: may.length })}
        </Button>
      </p>
      <div role="alert" className={styles.bad}>
        {draft.error && !draft.error.field ? errorText(draft.error) : null}
      </div>
      <footer className={styles.foot}>
        <span className={styles.note}>{t("customers.create.draft")}</span>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button disabled={!draft.ready} busy={draft.busy} onClick={() => void save(true)}>
          {t("customers.create.another")}
        </Button>
        <Button kind="primary" submit disabled={!draft.ready} busy={draft.busy}>
          {t("customers.create.save")}
        </Button>
      </footer>
    </form>
  );
}
