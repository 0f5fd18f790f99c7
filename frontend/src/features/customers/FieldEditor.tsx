import { Input, type InputRef, Select } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { FieldView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { composing, isEnter } from "../../lib/keyboard";
import { useErrorText } from "../../lib/useErrorText";
import styles from "./FieldRow.module.css";
import { useCheck } from "./useCheck";
import type { Schema } from "./useSchema";

interface Props {
  field: FieldView;
  schema: Schema;
  text: string;
  // Rejects when it was not saved; the text stays.
  onSave: (text: string) => Promise<unknown>;
  onClose: (move: "stay" | "next" | "previous") => void;
}

// FieldEditor changes a value where it stands: Enter saves and stays, Tab saves
// and goes on, Esc takes back, leaving saves. What does not look right is said
// and never blocks.
export function FieldEditor({ field, schema, text, onSave, onClose }: Props) {
  const { t, maybe } = useI18n();
  const errorText = useErrorText();
  const [draft, setDraft] = useState(text);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const checked = useCheck(field.id, draft, draft !== text);
  const closed = useRef(false);
  const finish = async (move: "stay" | "next" | "previous", value = draft) => {
    if (busy || closed.current) return;
    if (value === text) {
      closed.current = true;
      onClose(move);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await onSave(value);
      closed.current = true;
      onClose(move);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const keys = (event: KeyboardEvent) => {
    if (composing(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      closed.current = true;
      onClose("stay");
    } else if (event.key === "Tab") {
      event.preventDefault();
      void finish(event.shiftKey ? "previous" : "next");
    } else if (isEnter(event) && field.type !== "choice" && !(field.type === "long" && !event.ctrlKey)) {
      event.preventDefault();
      event.stopPropagation();
      void finish("stay");
    }
  };
  const flag = checked?.flag ? (maybe(`flags.${checked.flag}`) ?? "") : "";
  const kept =
    checked && !checked.flag && checked.text !== draft && checked.text !== ""
      ? t("customers.card.keptAs", { text: schema.option(field, checked.text) })
      : "";
  return (
    <div className={styles.editor}>
      <Control field={field} schema={schema} draft={draft} onDraft={setDraft} onKeys={keys} onFinish={finish} />
      <p className={error ? styles.bad : flag ? styles.warn : styles.hint} aria-live="polite">
        {error ? errorText(error) : flag || kept}
      </p>
    </div>
  );
}

interface ControlProps {
  field: FieldView;
  schema: Schema;
  draft: string;
  onDraft: (text: string) => void;
  onKeys: (event: KeyboardEvent) => void;
  onFinish: (move: "stay", value?: string) => Promise<void>;
}

function Control({ field, schema, draft, onDraft, onKeys, onFinish }: ControlProps) {
  const { t } = useI18n();
  const name = t("customers.card.edit", { field: schema.nameOf(field) });
  const input = useRef<InputRef>(null);
  useEffect(() => input.current?.focus({ cursor: "all" }), []);
  if (field.type === "choice")
    return (
      <Select
        aria-label={name}
        className={styles.wide ?? ""}
        size="small"
        autoFocus
        defaultOpen
        allowClear
        showSearch
        value={draft === "" ? null : draft}
        options={field.options.map((value) => ({ value, label: schema.option(field, value) }))}
        optionFilterProp="label"
        onChange={(value: string | undefined) => void onFinish("stay", value ?? "")}
        onBlur={() => void onFinish("stay")}
        onInputKeyDown={onKeys}
      />
    );
  if (field.type === "long")
    return (
      <Input.TextArea
        aria-label={name}
        autoFocus
        autoSize={{ minRows: 3, maxRows: 10 }}
        value={draft}
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={onKeys}
        onBlur={() => void onFinish("stay")}
      />
    );
  return (
    <Input
      ref={input}
      size="small"
      aria-label={name}
      value={draft}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onDraft(event.target.value)}
      onKeyDown={onKeys}
      onBlur={() => void onFinish("stay")}
    />
  );
}
