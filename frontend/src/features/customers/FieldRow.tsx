import { Tooltip } from "antd";
import { Check, History, Pencil } from "lucide-react";
import { useEffect, useState } from "react";
import type { FieldView, ValueView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import type { Reveal } from "../../lib/useReveal";
import { IconButton } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import { Icon } from "../../ui/Icon";
import { FieldEditor } from "./FieldEditor";
import styles from "./FieldRow.module.css";
import { FieldValue } from "./FieldValue";
import { SealedTools } from "./SealedTools";
import { useProvenance } from "./useProvenance";
import type { Schema } from "./useSchema";

interface Props {
  id: string;
  field: FieldView;
  value: ValueView;
  schema: Schema;
  reveal: Reveal;
  editing: boolean;
  onEdit: () => void;
  onSave: (text: string) => Promise<unknown>;
  onClose: (move: "stay" | "next" | "previous") => void;
}

// FieldRow is a label, a value and what can be done with it. There is no edit
// mode: the value is changed where it stands.
export function FieldRow(props: Props) {
  const { field, value, schema, reveal, editing } = props;
  const { t } = useI18n();
  const provenance = useProvenance();
  const saved = useTick();
  const shown = reveal.of(field.id);
  const current = shown?.value ?? value;
  const may = field.writable && (current.state === "ok" || current.state === "empty" || value.state === "masked");
  const name = schema.nameOf(field);
  const from = provenance(value);
  const open = async () => {
    if (current.state === "masked" && !(await reveal.show(field.id))) return;
    props.onEdit();
  };
  return (
    <div className={`${styles.row} ${editing ? styles.editing : shown ? styles.shown : ""}`} data-field={field.id}>
      {from ? (
        <Tooltip title={from} placement="topLeft" mouseEnterDelay={0.4}>
          <span className={styles.label}>{name}</span>
        </Tooltip>
      ) : (
        <span className={styles.label}>{name}</span>
      )}
      {editing ? (
        <FieldEditor
          field={field}
          schema={schema}
          text={current.raw}
          onSave={async (text) => {
            await props.onSave(text);
            reveal.hide(field.id);
            saved.mark();
          }}
          onClose={props.onClose}
        />
      ) : (
        <>
          <FieldValue
            field={field}
            value={current}
            schema={schema}
            editable={may}
            onOpen={() => void open()}
            onReveal={() => void reveal.show(field.id)}
          />
          {value.others > 0 ? (
            <Chip tone="plum" onClick={() => go("review", "conflicts", props.id, field.id)}>
              {t("customers.card.moreValues", { n: value.others })}
            </Chip>
          ) : null}
          <span className={styles.room} />
          {saved.on ? (
            <span role="status" className={styles.tick}>
              <Icon of={Check} tone="ok" label={t("common.saved")} />
            </span>
          ) : null}
          <SealedTools field={field} value={value} reveal={reveal} />
          <span className={styles.tools}>
            <IconButton
              size="small"
              icon={History}
              label={t("customers.card.fieldHistory", { field: name })}
              onClick={() => go("history", props.id, field.id)}
            />
            {may ? (
              <IconButton
                size="small"
                icon={Pencil}
                label={t("customers.card.edit", { field: name })}
                keys="E"
                onClick={() => void open()}
              />
            ) : null}
          </span>
        </>
      )}
    </div>
  );
}

// The tick says that the value is on disk; it stays for 1.2 s.
function useTick(): { on: boolean; mark: () => void } {
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (at === 0) return;
    const timer = setTimeout(() => setAt(0), 1200);
    return () => clearTimeout(timer);
  }, [at]);
  return { on: at !== 0, mark: () => setAt(Date.now()) };
}
