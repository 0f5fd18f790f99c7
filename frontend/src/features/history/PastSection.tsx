import { Checkbox } from "antd";
import { Lock } from "lucide-react";
import type { SectionView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import { Icon } from "../../ui/Icon";
import { Section } from "../../ui/Section";
import styles from "./AsItWas.module.css";
import type { Line } from "./compare";

interface Props {
  section: SectionView;
  lines: Line[];
  fields: Fields;
  chosen: readonly string[];
  onChoose: (field: string, on: boolean) => void;
}

export function PastSection({ section, lines, fields, chosen, onChoose }: Props) {
  const { t } = useI18n();
  if (lines.length === 0) return null;
  const hidden = lines.filter((l) => l.was.state === "unreadable").length;
  const title = (
    <>
      {fields.sectionName(section.id)}
      {section.sealed ? <Icon of={Lock} size="small" tone="sealed" /> : null}
    </>
  );
  return (
    <Section title={title}>
      {hidden > 0 ? (
        <p className={styles.hidden}>
          {section.keeper
            ? t("history.past.sealed", { n: hidden, keeper: section.keeper })
            : t("history.past.sealedPlain", { n: hidden })}
        </p>
      ) : null}
      {lines
        .filter((l) => l.was.state !== "unreadable")
        .map((line) => (
          <PastLine key={line.field} line={line} fields={fields} chosen={chosen} onChoose={onChoose} />
        ))}
    </Section>
  );
}

function PastLine({ line, fields, chosen, onChoose }: Pick<Props, "fields" | "chosen" | "onChoose"> & { line: Line }) {
  const { t } = useI18n();
  const { field } = line;
  const name = fields.name(field);
  const read = (text: string) => fields.option(field, text) || t("history.empty");
  const others = line.now?.others ?? 0;
  const now = read(line.now?.text ?? "");
  const may = line.differs && fields.field(field)?.writable === true;
  return (
    <div className={styles.line}>
      <span className={styles.box}>
        {may ? (
          <Checkbox
            aria-label={t("history.past.choose", { field: name })}
            checked={chosen.includes(field)}
            onChange={(event) => onChoose(field, event.target.checked)}
          />
        ) : null}
      </span>
      <span className={styles.label}>{name}</span>
      <span className={styles.value}>
        <span>{read(line.was.text)}</span>
        {line.differs ? (
          <span className={styles.now}>
            {others > 0 ? t("history.past.nowMore", { text: now, n: others }) : t("history.past.now", { text: now })}
          </span>
        ) : null}
      </span>
    </div>
  );
}
