import { CircleCheck, Undo2 } from "lucide-react";
import { useBridge } from "../../bridge/context";
import type { ImportCounts, ImportView } from "../../bridge/types/imports";
import { type I18n, useI18n } from "../../i18n";
import { go, routeHash } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import { Icon } from "../../ui/Icon";
import { Foot } from "./Foot";
import { PastList } from "./PastList";
import styles from "./Result.module.css";
import { usePast } from "./usePast";
import { useSaved } from "./useSaved";

const kinds = ["new", "review", "updated", "merged", "same", "wrong"] as const;
// In the bar what was not written comes before what was not touched.
const inBar = ["new", "review", "updated", "merged", "wrong", "same"] as const;

// Result counts what became of each row, with a sentence each and the way back.
export function Result({ view }: { view: ImportView }) {
  const { t, count, span } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const past = usePast();
  const saved = useSaved();
  const save = useAct(() => bridge.imports.problems(view.job), { done: saved });
  // New ones to review have a line of their own; those that are in the book stay
  // what they were.
  const review = Math.min(view.counts.new, view.counts.newReview);
  const counts = { ...view.counts, new: view.counts.new - review, review };
  const rows = kinds.filter((k) => counts[k] > 0 || k === "new" || k === "updated");
  const all = kinds.reduce((n, k) => n + counts[k], 0);
  return (
    <>
      <div className={styles.page}>
        <section className={styles.result}>
          <h2 className={styles.title}>
            <Icon of={CircleCheck} size="large" tone="ok" />
            {t("import.done.title", { n: all, time: span(view.millis) })}
          </h2>
          <div role="img" aria-label={t("import.done.bar")} className={styles.bar}>
            {inBar
              .filter((k) => counts[k] > 0)
              .map((k) => (
                <span key={k} className={styles[k]} style={{ flexGrow: counts[k] }} />
              ))}
          </div>
          <ul>
            {rows.map((k) => (
              <li key={k} className={styles.line}>
                <span className={`${styles.mark} ${styles[k]}`} aria-hidden="true" />
                <span className={styles.kind}>{t(`import.done.${k}`)}</span>
                <span className={styles.count}>{count(counts[k])}</span>
                <span className={styles.text}>{textOf(t, k, counts)}</span>
                {k === "wrong" ? (
                  <Button kind="link" size="small" busy={save.busy} onClick={() => void save.run()}>
                    {t("import.done.wrongOpen")}
                  </Button>
                ) : null}
                {k === "new" && counts.new > 0 ? (
                  <a href={routeHash("customers", "batch", view.batch)}>{t("import.done.see")}</a>
                ) : null}
              </li>
            ))}
          </ul>
        </section>
        <div className={styles.aside}>
          <section className={styles.box} aria-label={t("import.done.undoTitle")}>
            <h2 className={styles.heading}>
              <Icon of={Undo2} tone="ink2" />
              {t("import.done.undoTitle")}
              {view.phase === "undone" ? <Chip>{t("import.past.undone")}</Chip> : null}
            </h2>
            <p className={styles.text}>{t("import.done.undoText")}</p>
            <p className={styles.text}>{t("import.done.undoText2")}</p>
            <p className={styles.also}>
              <Button kind="danger" onClick={() => go("import", "undo", view.batch)}>
                {t("import.past.undo")}
              </Button>
              <span className={styles.faint}>{t("import.done.undoAlso")}</span>
            </p>
          </section>
          <PastList imports={past} size="few" />
        </div>
      </div>
      <Foot
        text={t("import.done.batch", { batch: view.batch })}
        error={save.error ? errorText(save.error) : null}
        extra={<Button onClick={() => go("import")}>{t("import.done.another")}</Button>}
        next={t("import.done.show")}
        onNext={() => go("customers", "batch", view.batch)}
      />
    </>
  );
}

// textOf is the sentence beside a count; that of the updated ones says what of
// them was written.
function textOf(t: I18n["t"], kind: (typeof kinds)[number], { filled, changed }: ImportCounts): string {
  if (kind !== "updated") return t(`import.done.${kind}Text`);
  if (filled === 0) return changed === 0 ? t("import.done.untouchedText") : t("import.done.changedText", { changed });
  return changed === 0 ? t("import.done.filledText", { filled }) : t("import.done.updatedText", { filled, changed });
}
