import type { Cell, FieldView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { distance } from "../../i18n/formats";
import { Person } from "../../ui/Person";
import styles from "./CellValue.module.css";
import type { Schema } from "./useSchema";

const noValue = "—";

// CellValue is one value in the list, in the form of UX.md 4.3.
export function CellValue(props: { cell: Cell | undefined; field: FieldView; schema: Schema }) {
  const { cell, field, schema } = props;
  const text = cell?.text ?? "";
  if (text === "") return <span className={styles.none}>{noValue}</span>;
  if (cell?.sealed) return <span className={styles.sealed}>{text}</span>;
  if (field.id === "stage") return <Stage field={field} value={text} schema={schema} />;
  if (field.id === "next_contact") return <NextContact date={text} />;
  if (field.id === "owner") return <Person name={text} />;
  if (field.type === "date") return <Day date={text} />;
  return <span className={styles.text}>{field.type === "choice" ? schema.option(field, text) : text}</span>;
}

// Stage is its dot with the word; own stages take the next free colour.
export function Stage(props: { field: FieldView; value: string; schema: Schema }) {
  const at = props.field.options.findIndex(
    (o) => o === props.value || props.schema.option(props.field, o) === props.value,
  );
  return (
    <>
      <span className={styles.dot} data-stage={at < 0 ? 1 : (at % 7) + 1} aria-hidden="true" />
      <span>{props.schema.option(props.field, props.value)}</span>
    </>
  );
}

function Day(props: { date: string }) {
  const { day } = useI18n();
  return <span>{day(props.date)}</span>;
}

// NextContact is today in amber and late in red, always with the word.
export function NextContact(props: { date: string }) {
  const { t, day } = useI18n();
  const days = distance(new Date(`${props.date}T00:00`), new Date());
  if (days < 0) return <span className={styles.late}>{t("customers.late", { n: -days })}</span>;
  return <span className={days === 0 ? styles.today : undefined}>{day(props.date)}</span>;
}
