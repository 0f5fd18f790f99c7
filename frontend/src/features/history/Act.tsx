import { useQueryClient } from "@tanstack/react-query";
import {
  ArrowRight,
  FileInput,
  History,
  Lock,
  type LucideIcon,
  Pencil,
  Plus,
  Split,
  Trash2,
  Undo2,
} from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { HistoryEntry, HistoryValue } from "../../bridge/types/history";
import { useI18n } from "../../i18n";
import { routeHash } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import type { Fields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import { Icon } from "../../ui/Icon";
import styles from "./Timeline.module.css";

const icons: Record<string, LucideIcon> = {
  import: FileInput,
  create: Plus,
  resolve: Split,
  undo: Undo2,
  restore: History,
  undelete: History,
  delete: Trash2,
};

interface Props {
  id: string;
  entry: HistoryEntry;
  day: string;
  fields: Fields;
  // Who wrote one of the same fields apart; empty for nobody known.
  apart: string;
  here: boolean;
  onAt: (change: string) => void;
}

// Act is one line of the past: who, from which department, what, and each value
// before and after, with the way to undo only that one.
export function Act({ id, entry, day, fields, apart, here, onAt }: Props) {
  const { t, moment } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const errorText = useErrorText();
  const undo = useAct(
    (field: string) => bridge.history.restore({ id, change: entry.change, fields: [field], undo: true }),
    { done: () => void client.invalidateQueries({ queryKey: keys.customers() }) },
  );
  const phrase = usePhrase(entry, fields);
  const at = moment(entry.author.at);
  return (
    <li className={`${styles.act} ${here ? styles.here : ""}`}>
      <span className={styles.day}>{day}</span>
      <span className={styles.circle}>
        <Icon of={here ? History : (icons[entry.cause] ?? Pencil)} size="small" tone="inherit" />
      </span>
      <div className={styles.what}>
        <button
          type="button"
          className={styles.who}
          title={t("history.thenOf", { at })}
          aria-pressed={here}
          onClick={() => onAt(here ? "" : entry.change)}
        >
          <strong>{entry.author.member}</strong>
          <span className={styles.soft}>{entry.author.department}</span>
          <span>{phrase}</span>
          <span className={styles.faint}>{at.slice(11)}</span>
        </button>
        {entry.source ? <a href={routeHash("customers", "batch", entry.source.batch)}>{t("history.batch")}</a> : null}
        {/* A decision saw both values; it was not written apart from them. */}
        {entry.concurrent && entry.cause !== "resolve" ? (
          <Chip tone="plum">{apart ? t("history.apart", { member: apart }) : t("history.apartSome")}</Chip>
        ) : null}
        {entry.pending ? <Chip>{t("history.pending")}</Chip> : null}
        {entry.values.map((value) => (
          <div key={value.field} className={styles.value}>
            <span className={styles.label}>
              {fields.name(value.field)} {value.sealed ? <Icon of={Lock} size="small" tone="sealed" /> : null}
            </span>
            <Change value={value} fields={fields} />
            <span className={styles.ways}>
              <Button kind="link" size="small" onClick={() => onAt(entry.change)}>
                {t("history.then")}
              </Button>
              {fields.field(value.field)?.writable ? (
                <Button
                  kind="link"
                  size="small"
                  busy={undo.busy}
                  label={t("history.undoOf", { field: fields.name(value.field) })}
                  onClick={() => void undo.run(value.field)}
                >
                  {t("history.undo")}
                </Button>
              ) : null}
            </span>
          </div>
        ))}
        {entry.hidden > 0 ? <p className={styles.soft}>{t("history.hidden", { n: entry.hidden })}</p> : null}
        {undo.error ? (
          <p role="alert" className={styles.bad}>
            {errorText(undo.error)}
          </p>
        ) : null}
      </div>
    </li>
  );
}

function Change({ value, fields }: { value: HistoryValue; fields: Fields }) {
  const { t } = useI18n();
  const readable = fields.field(value.field)?.readable ?? true;
  if (!readable) return <span className={styles.soft}>{t("history.sealed")}</span>;
  const read = (text: string) => fields.option(value.field, text) || t("history.empty");
  return (
    <span className={styles.change}>
      {value.before ? (
        <s className={styles.soft}>{read(value.before)}</s>
      ) : (
        <span className={styles.soft}>{read("")}</span>
      )}
      <Icon of={ArrowRight} size="small" />
      <span>{read(value.after)}</span>
    </span>
  );
}

function usePhrase(entry: HistoryEntry, fields: Fields): string {
  const { t, maybe } = useI18n();
  const sections = [...new Set(entry.values.map((v) => fields.field(v.field)?.section ?? ""))].filter(Boolean);
  const { cause, source } = entry;
  if (cause === "import" && source?.sheet)
    return t("history.act.importSheet", { file: source.file, sheet: source.sheet, row: source.row });
  if (cause === "import")
    return source ? t("history.act.import", { file: source.file, row: source.row }) : t("history.act.importPlain");
  if (cause === "edit")
    return sections.length > 0
      ? t("history.act.edit", { sections: sections.map(fields.sectionName).join(t("history.join")) })
      : t(entry.hidden > 0 ? "history.act.sealed" : "history.act.other");
  return maybe(`history.act.${cause}`) ?? t("history.act.other");
}
