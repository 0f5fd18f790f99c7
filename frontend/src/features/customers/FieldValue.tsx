import { BadgeCheck, TriangleAlert } from "lucide-react";
import type { FieldView, ValueView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { NextContact, Stage } from "./CellValue";
import styles from "./FieldRow.module.css";
import type { Schema } from "./useSchema";

interface Props {
  field: FieldView;
  value: ValueView;
  schema: Schema;
  editable: boolean;
  onOpen: () => void;
  onReveal: () => void;
}

// FieldValue is one value on the card. What may not be changed looks the same;
// only the cursor and the keys differ.
export function FieldValue(props: Props) {
  const { t } = useI18n();
  const { field, value, schema, editable } = props;
  const masked = value.state === "masked";
  const name = schema.nameOf(field);
  if (value.state === "waiting") return <span className={styles.none}>{t("customers.card.waiting")}</span>;
  const body = <Text {...props} />;
  if (!editable && !masked)
    return (
      <span className={styles.value}>
        {body}
        <Marks {...props} />
      </span>
    );
  return (
    <>
      <button
        type="button"
        className={styles.value}
        aria-label={
          masked ? t("customers.card.maskedValue", { field: name }) : `${name} ${value.text || t("common.empty")}`
        }
        onClick={masked ? props.onReveal : props.onOpen}
        onKeyDown={(event) => {
          if (
            event.key === "F2" ||
            (event.key.toLowerCase() === "e" && !event.ctrlKey && !event.metaKey && !event.altKey)
          ) {
            event.preventDefault();
            if (editable) props.onOpen();
          }
        }}
      >
        {body}
      </button>
      <Marks {...props} />
    </>
  );
}

function Text({ field, value, schema }: Props) {
  const { t } = useI18n();
  if (value.text === "") return <span className={styles.none}>{t("common.empty")}</span>;
  if (value.state !== "ok") return <span>{value.text}</span>;
  if (field.id === "stage") return <Stage field={field} value={value.text} schema={schema} />;
  if (field.id === "next_contact") return <NextContact date={value.text} />;
  return <span>{field.type === "choice" ? schema.option(field, value.text) : value.text}</span>;
}

function Marks({ field, value }: Props) {
  const { t, maybe } = useI18n();
  if (value.flag) {
    const why = maybe(`flags.${value.flag}`) ?? value.flag;
    return (
      <span title={why}>
        <Icon of={TriangleAlert} tone="warn" label={why} />
      </span>
    );
  }
  if (field.type !== "uscc" || value.state !== "ok") return null;
  return (
    <span title={t("customers.card.verified")}>
      <Icon of={BadgeCheck} tone="ok" label={t("customers.card.verified")} />
    </span>
  );
}
