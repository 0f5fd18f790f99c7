import { Lock } from "lucide-react";
import { useRef, useState } from "react";
import type { CustomerView, FieldView, SectionView, SetReply } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import type { Reveal } from "../../lib/useReveal";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Section } from "../../ui/Section";
import styles from "./Card.module.css";
import { FieldRow } from "./FieldRow";
import type { Schema } from "./useSchema";

interface Props {
  customer: CustomerView;
  schema: Schema;
  reveal: Reveal;
  editing: string | null;
  onEditing: (field: string | null) => void;
  onSave: (field: string, text: string) => Promise<SetReply>;
}

// Of the empty fields only the five most used are shown at first.
const mostUsed = new Set(["uscc", "contact", "mobile", "level", "next_contact"]);

export function CardSections(props: Props) {
  const { customer, schema, editing, onEditing } = props;
  const { t } = useI18n();
  const [all, setAll] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const values = new Map(customer.values.map((v) => [v.field, v]));
  const fields = schema.fields.filter((f) => f.type !== "entries" && values.has(f.id));
  const empty = (f: FieldView) => values.get(f.id)?.state === "empty";
  const shown = fields.filter((f) => all || !empty(f) || mostUsed.has(f.id) || editing === f.id);
  const hidden = fields.filter((f) => empty(f) && !mostUsed.has(f.id) && f.readable).length;
  const close = (from: string, move: "stay" | "next" | "previous") => {
    const may = shown.filter((f) => f.writable && f.readable);
    const at = may.findIndex((f) => f.id === from) + (move === "next" ? 1 : -1);
    const next = move === "stay" ? undefined : may[at];
    // A sealed value is opened by hand, never on the way to the next field.
    const openable = next && values.get(next.id)?.state !== "masked";
    onEditing(next && openable ? next.id : null);
    const focus = next && !openable ? next.id : next ? "" : from;
    if (focus)
      requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-field="${focus}"] button`)?.focus());
  };
  return (
    <div ref={root}>
      {schema.sections.map((section) => (
        <Part
          key={section.id}
          section={section}
          name={schema.nameOf(section)}
          unreadable={fields.filter((f) => f.section === section.id && values.get(f.id)?.state === "unreadable").length}
        >
          {shown
            .filter((f) => f.section === section.id && f.readable)
            .map((field) => {
              const value = values.get(field.id);
              return value ? (
                <FieldRow
                  key={field.id}
                  id={customer.id}
                  field={customer.deleted ? { ...field, writable: false } : field}
                  value={value}
                  schema={schema}
                  reveal={props.reveal}
                  editing={editing === field.id}
                  onEdit={() => onEditing(field.id)}
                  onSave={(text) => props.onSave(field.id, text)}
                  onClose={(move) => close(field.id, move)}
                />
              ) : null;
            })}
        </Part>
      ))}
      {hidden > 0 ? (
        <div className={styles.empties}>
          <Button kind="link" size="small" onClick={() => setAll(!all)}>
            {all ? t("customers.card.hideEmpty") : t("customers.card.showEmpty", { n: hidden })}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Part(props: { section: SectionView; name: string; unreadable: number; children: (React.ReactNode | null)[] }) {
  const { t, maybe } = useI18n();
  const { section, unreadable } = props;
  const rows = props.children.filter(Boolean);
  if (rows.length === 0 && unreadable === 0) return null;
  const you = maybe(`customers.card.you.${section.level}`);
  const kept = section.keeper ? t("customers.card.keptBy", { keeper: section.keeper }) : "";
  return (
    <Section
      title={
        <>
          {props.name}
          {section.sealed ? <Icon of={Lock} size="small" tone="sealed" label={t("customers.mark.sealed")} /> : null}
        </>
      }
      aside={[kept, you].filter(Boolean).join(" · ")}
    >
      {rows}
      {unreadable > 0 ? (
        <p className={styles.sealedLine}>
          {section.keeper
            ? t("customers.card.sealedLine", { n: unreadable, keeper: section.keeper })
            : t("customers.card.sealedNoKeeper", { n: unreadable })}
        </p>
      ) : null}
    </Section>
  );
}
