import { Checkbox, Input, Popover, Select } from "antd";
import { X } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { FieldView, Filter } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { isEnter } from "../../lib/keyboard";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import styles from "./FilterBar.module.css";
import { complete, isOp, needsValue, opsOf } from "./filters";
import type { Schema } from "./useSchema";

interface Props {
  filter: Filter;
  schema: Schema;
  startOpen: boolean;
  onChange: (next: Filter) => void;
  onRemove: () => void;
}

export function FilterPill({ filter, schema, startOpen, onChange, onRemove }: Props) {
  const { t } = useI18n();
  const [open, setOpen] = useState(startOpen);
  const field = schema.field(filter.field);
  if (!field) return null;
  const name = schema.nameOf(field);
  const values = filter.values.map((v) => schema.option(field, v)).join(t("customers.filter.join"));
  const close = (next: boolean) => {
    setOpen(next);
    // A condition that was never finished leaves nothing behind.
    if (!next && !complete(filter)) onRemove();
  };
  return (
    <span className={`${styles.pill} ${open ? styles.open : ""}`}>
      <Popover
        trigger="click"
        placement="bottomLeft"
        arrow={false}
        open={open}
        onOpenChange={close}
        content={
          <Editor
            filter={filter}
            field={field}
            name={name}
            schema={schema}
            onChange={onChange}
            onDone={() => close(false)}
          />
        }
      >
        <button type="button" className={styles.sentence} aria-expanded={open}>
          <span>{name}</span>
          <span>{isOp(filter.op) ? t(`customers.filter.op.${filter.op}`) : filter.op}</span>
          {values}
        </button>
      </Popover>
      <button
        type="button"
        className={styles.x}
        aria-label={t("customers.filter.remove", { field: name })}
        onClick={onRemove}
      >
        <Icon of={X} size="small" />
      </button>
    </span>
  );
}

interface EditorProps {
  filter: Filter;
  field: FieldView;
  name: string;
  schema: Schema;
  onChange: (next: Filter) => void;
  onDone: () => void;
}

function Editor({ filter, field, name, schema, onChange, onDone }: EditorProps) {
  const { t } = useI18n();
  return (
    <fieldset className={styles.editor} aria-label={name}>
      <div className={styles.head}>
        <strong>{name}</strong>
        <Select
          size="small"
          popupMatchSelectWidth={false}
          aria-label={t("customers.filter.button")}
          value={filter.op}
          options={opsOf(field).map((op) => ({ value: op, label: t(`customers.filter.op.${op}`) }))}
          onChange={(op) => onChange({ ...filter, op, values: needsValue(op) ? filter.values : [] })}
        />
      </div>
      {needsValue(filter.op) ? (
        <Values filter={filter} field={field} schema={schema} onChange={onChange} onDone={onDone} />
      ) : null}
      <div className={styles.end}>
        <Button kind="primary" size="small" onClick={onDone}>
          {t("customers.filter.done")}
        </Button>
      </div>
    </fieldset>
  );
}

function Values({ filter, field, schema, onChange, onDone }: Omit<EditorProps, "name">) {
  const { t } = useI18n();
  const bridge = useBridge();
  const set = (values: string[]) => onChange({ ...filter, values });
  const first = filter.values[0] ?? "";
  // What is typed is brought to the form that values are kept in: 48万 is 480000.00.
  const normal = async () => {
    if (first === "" || (field.type !== "date" && field.type !== "amount" && field.type !== "mobile")) return;
    const checked = await bridge.customers.check({ field: field.id, text: first }).catch(() => null);
    if (checked && checked.text !== first && filter.op !== "last4") set([checked.text]);
  };
  if (field.type === "choice")
    return (
      <Checkbox.Group
        className={styles.options ?? ""}
        value={filter.values}
        options={field.options.map((value) => ({ value, label: schema.option(field, value) }))}
        onChange={set}
      />
    );
  return (
    <Input
      autoFocus
      aria-label={t("customers.filter.value")}
      value={first}
      maxLength={filter.op === "last4" ? 4 : 200}
      placeholder={field.type === "date" ? "2026-11-24" : ""}
      onChange={(event) => set(event.target.value === "" ? [] : [event.target.value])}
      onBlur={() => void normal()}
      onKeyDown={(event) => isEnter(event) && void normal().then(onDone)}
    />
  );
}
