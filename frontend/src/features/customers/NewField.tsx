import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { Building2, Lock } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { FieldView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Icon } from "../../ui/Icon";
import styles from "./NewDialog.module.css";
import { useCheck } from "./useCheck";
import type { Schema } from "./useSchema";

interface Props {
  field: FieldView;
  schema: Schema;
  text: string;
  first: boolean;
  error: string;
  onText: (text: string) => void;
  onOpen: (id: string) => void;
}

export function NewField({ field, schema, text, first, error, onText, onOpen }: Props) {
  const { t, maybe } = useI18n();
  const checked = useCheck(field.id, text, text.trim() !== "");
  const flag = checked?.flag ? (maybe(`flags.${checked.flag}`) ?? checked.flag) : "";
  const placeholder = field.id === "uscc" || field.id === "remark" ? t(`customers.create.${field.id}`) : "";
  return (
    <>
      <Field layout="row" label={schema.nameOf(field)} warning={flag || null} error={error || null}>
        {({ id, describedBy }) =>
          field.type === "choice" ? (
            <Select
              id={id}
              aria-describedby={describedBy}
              className={styles.wide ?? ""}
              allowClear
              showSearch
              optionFilterProp="label"
              value={text === "" ? null : text}
              options={field.options.map((value) => ({ value, label: schema.option(field, value) }))}
              onChange={(value: string | undefined) => onText(value ?? "")}
            />
          ) : field.type === "long" || field.id === "remark" ? (
            <Input.TextArea
              id={id}
              aria-describedby={describedBy}
              autoSize={{ minRows: 2, maxRows: 6 }}
              placeholder={placeholder}
              value={text}
              onChange={(event) => onText(event.target.value)}
            />
          ) : (
            <Input
              id={id}
              aria-describedby={describedBy}
              autoFocus={first}
              autoComplete="off"
              spellCheck={false}
              placeholder={placeholder}
              suffix={
                field.sealed ? (
                  <Icon of={Lock} size="small" tone="sealed" label={t("customers.mark.sealed")} />
                ) : (
                  <span />
                )
              }
              value={text}
              onChange={(event) => onText(event.target.value)}
            />
          )
        }
      </Field>
      {checked && checked.exists.length > 0 ? <Exists ids={checked.exists} onOpen={onOpen} /> : null}
    </>
  );
}

function Exists(props: { ids: readonly string[]; onOpen: (id: string) => void }) {
  const { t } = useI18n();
  return (
    <div className={styles.exists}>
      <p>{t("customers.create.exists")}</p>
      {props.ids.slice(0, 3).map((id) => (
        <ExistingOne key={id} id={id} onOpen={() => props.onOpen(id)} />
      ))}
    </div>
  );
}

function ExistingOne(props: { id: string; onOpen: () => void }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const customer = useQuery({ queryKey: keys.customer(props.id), queryFn: () => bridge.customers.get(props.id) });
  if (!customer.data) return null;
  return (
    <div className={styles.one}>
      <Icon of={Building2} />
      <span>{customer.data.name}</span>
      <span className={styles.note}>{customer.data.owner}</span>
      <Button kind="link" size="small" onClick={props.onOpen}>
        {t("customers.create.open")}
      </Button>
    </div>
  );
}
