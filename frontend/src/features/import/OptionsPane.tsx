import { Select } from "antd";
import { ArrowRight } from "lucide-react";
import type { ImportColumn } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import { Icon } from "../../ui/Icon";
import styles from "./ColumnsStep.module.css";
import step from "./Step.module.css";

interface Props {
  column: ImportColumn;
  fields: Fields;
  onOption: (text: string, value: string) => void;
}

// OptionsPane says what each spelling of a choice equals in the book.
export function OptionsPane({ column, fields, onOption }: Props) {
  const { t } = useI18n();
  const field = fields.field(column.field);
  const options = (field?.options ?? []).map((value) => ({ value, label: fields.option(column.field, value) }));
  return (
    <aside className={step.side} aria-label={t("import.options.title", { field: fields.name(column.field) })}>
      <h2 className={step.heading}>{t("import.options.title", { field: column.header || column.column })}</h2>
      <p className={styles.lead}>{t("import.options.lead")}</p>
      {column.options.map((o) => (
        <div key={o.text} className={styles.line}>
          <span className={styles.spellings}>
            <span className={styles.spelling} title={o.text}>
              {o.text}
            </span>
            <span className={styles.count}>{t("import.sheets.rows", { n: o.count })}</span>
          </span>
          <Icon of={ArrowRight} size="small" />
          <Select
            className={styles.option ?? ""}
            aria-label={t("import.options.equals", { text: o.text })}
            value={o.value || null}
            placeholder={t("import.options.choose")}
            options={options}
            popupMatchSelectWidth={false}
            onChange={(value: string | null) => onOption(o.text, value ?? "")}
            {...(o.value ? {} : { status: "warning" as const })}
          />
        </div>
      ))}
      <p className={styles.note}>{t("import.options.note", { field: fields.name(column.field) })}</p>
    </aside>
  );
}
