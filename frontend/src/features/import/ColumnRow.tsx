import { Select } from "antd";
import { ArrowRight, Lock } from "lucide-react";
import type { ImportColumn } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import { Chip } from "../../ui/Chip";
import { Icon } from "../../ui/Icon";
import styles from "./ColumnsStep.module.css";

interface Props {
  column: ImportColumn;
  targets: readonly string[];
  fields: Fields;
  here: boolean;
  onShow: () => void;
  onMap: (field: string) => void;
}

export function ColumnRow({ column: c, targets, fields, here, onShow, onMap }: Props) {
  const { t, maybe } = useI18n();
  const leave = c.field === "" || c.field === "ignore";
  const label = (id: string) => maybe(`import.target.${id}`) ?? fields.name(id);
  const foreign = (id: string) => fields.field(id)?.writable === false;
  const section = fields.sectionOf(c.field);
  const options = [
    { value: "", label: t("import.columns.leave") },
    ...[...new Set([c.field, ...targets])]
      .filter((id) => id !== "" && id !== "ignore")
      .map((id) => ({ value: id, label: label(id), disabled: foreign(id) })),
  ];
  return (
    <tr className={here ? styles.here : ""} onFocus={onShow} onClick={onShow}>
      <td>
        <div>{c.header || c.column}</div>
        <div className={styles.sample}>{c.samples.join(t("import.join"))}</div>
      </td>
      <td className={styles.arrow}>
        <Icon of={ArrowRight} />
      </td>
      <td>
        <Select
          className={styles.select ?? ""}
          aria-label={t("import.columns.goes", { header: c.header || c.column })}
          value={leave ? "" : c.field}
          variant={leave ? "filled" : "outlined"}
          showSearch={{ optionFilterProp: "label" }}
          options={options}
          onChange={onMap}
        />
      </td>
      <td className={styles.soft}>
        {section ? fields.sectionName(section.id) : ""}{" "}
        {section?.sealed ? <Icon of={Lock} size="small" tone="sealed" /> : null}
      </td>
      <td>
        <Reason column={c} />
      </td>
      <td className={styles.soft}>
        <Written column={c} fields={fields} />
      </td>
    </tr>
  );
}

function Reason({ column: c }: { column: ImportColumn }) {
  const { t, maybe } = useI18n();
  if (c.look) return <Chip tone="warn">{t(c.reason === "none" ? "import.reason.none" : "import.reason.look")}</Chip>;
  return <Chip>{maybe(`import.reason.${c.reason}`) ?? ""}</Chip>;
}

function Written({ column: c, fields }: { column: ImportColumn; fields: Fields }) {
  const { t } = useI18n();
  const field = fields.field(c.field);
  if (c.field === "" || c.field === "ignore") return null;
  if (field?.writable === false) {
    const keeper = fields.sectionOf(c.field)?.keeper;
    return <>{keeper ? t("import.columns.foreign", { keeper }) : t("import.columns.foreignNobody")}</>;
  }
  if (c.options.length > 0) {
    const m = new Set(c.options.map((o) => o.value).filter(Boolean)).size;
    return <>{t("import.columns.spellings", { n: c.options.length, m })}</>;
  }
  const sample = c.samples[0] ?? "";
  if (c.written === "" || c.written === sample) return <>{sample}</>;
  return (
    <>
      {sample} <Icon of={ArrowRight} size="small" /> {c.written}
    </>
  );
}
