import type { UndoReply } from "../../bridge/types/undo";
import { useI18n } from "../../i18n";
import styles from "./UndoPage.module.css";

const kinds = ["removed", "restored", "kept"] as const;

// Of an undo that was begun the counts are what is left of it.
export function UndoCounts({ reply, forced, begun }: { reply: UndoReply; forced: number; begun: boolean }) {
  const { t, count } = useI18n();
  // A kept customer that is set back all the same is counted with those.
  const shown = { removed: reply.removed, restored: reply.restored + forced, kept: reply.kept - forced };
  return (
    <div className={styles.counts}>
      <dl className={styles.numbers}>
        {kinds.map((k) => (
          <div key={k}>
            <dt>{t(`import.undo.${k}`)}</dt>
            <dd className={k === "kept" && shown.kept > 0 ? styles.warn : ""}>{count(shown[k])}</dd>
          </div>
        ))}
      </dl>
      {begun ? null : <p className={styles.preview}>{t("import.undo.preview")}</p>}
    </div>
  );
}
