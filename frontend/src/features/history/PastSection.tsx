import { Checkbox } from "antd";
import { Eye, EyeOff, Lock } from "lucide-react";
import type { SectionView } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import type { Reveal } from "../../lib/useReveal";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import { Icon } from "../../ui/Icon";
import { Section } from "../../ui/Section";
import styles from "./AsItWas.module.css";
import type { Line } from "./compare";

interface Props {
  section: SectionView;
  lines: Line[];
  fields: Fields;
  reveal: Reveal;
  chosen: readonly string[];
  onChoose: (field: string, on: boolean) => void;
}

export function PastSection({ section, lines, fields, reveal, chosen, onChoose }: Props) {
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
          <PastLine key={line.field} line={line} fields={fields} reveal={reveal} chosen={chosen} onChoose={onChoose} />
        ))}
    </Section>
  );
}

function PastLine({ line, fields, reveal, chosen, onChoose }: Omit<Props, "section" | "lines"> & { line: Line }) {
  const { t } = useI18n();
  const { field } = line;
  const name = fields.name(field);
  const read = (text: string) => fields.option(field, text) || t("history.empty");
  const shown = reveal.of(field);
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
        <span className={styles.then}>
          <span>{read(shown?.value.text ?? line.was.text)}</span>
          <PastReveal field={field} name={name} masked={line.was.state === "masked"} reveal={reveal} />
        </span>
        {line.differs ? (
          <span className={styles.now}>
            {others > 0 ? t("history.past.nowMore", { text: now, n: others }) : t("history.past.now", { text: now })}
          </span>
        ) : null}
      </span>
    </div>
  );
}

// PastReveal shows a sealed value as it was; rights are today's.
function PastReveal(props: { field: string; name: string; masked: boolean; reveal: Reveal }) {
  const { t } = useI18n();
  const { field, reveal } = props;
  const shown = reveal.of(field);
  if (!shown && !props.masked) return null;
  return (
    <>
      {shown ? <Chip tone="sealed">{t("history.past.left", { n: shown.left })}</Chip> : null}
      <Button
        kind="link"
        size="small"
        icon={shown ? EyeOff : Eye}
        label={t(shown ? "history.past.maskOf" : "history.past.revealOf", { field: props.name })}
        onClick={() => (shown ? reveal.hide(field) : void reveal.show(field))}
      >
        {t(shown ? "history.past.mask" : "history.past.reveal")}
      </Button>
    </>
  );
}
