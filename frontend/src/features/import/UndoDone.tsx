import { CircleCheck } from "lucide-react";
import { useBridge } from "../../bridge/context";
import type { UndoReply } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import styles from "./Progress.module.css";
import { useSaved } from "./useSaved";

// UndoDone says what was undone. The undo is a batch itself, so undoing that
// brings the import back.
export function UndoDone({ result, batch }: { result: UndoReply; batch: string }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const saved = useSaved();
  const redo = useAct(
    () => bridge.imports.undo({ batch: result.batch, kind: "redo", offset: 0, limit: 0, force: [] }),
    {
      done: () => go("customers", "batch", batch),
    },
  );
  const report = useAct(() => bridge.imports.undoReport(batch), { done: saved });
  const error = redo.error ?? report.error;
  return (
    <Page title={t("import.undo.title")}>
      <div className={styles.page}>
        <h2 className={styles.title}>
          <Icon of={CircleCheck} size="large" tone="ok" />{" "}
          {t("import.undo.doneTitle", { n: result.removed + result.restored })}
        </h2>
        <p className={styles.note}>
          {t("import.undo.doneText", { removed: result.removed, restored: result.restored, kept: result.kept })}
        </p>
        <p className={styles.note}>{t("import.undo.foot")}</p>
        {error ? (
          <Notice tone="bad" role="alert">
            {errorText(error)}
          </Notice>
        ) : null}
        <div className={styles.actions}>
          <Button kind="primary" autoFocus onClick={() => go("import")}>
            {t("import.undo.back")}
          </Button>
          <Button busy={report.busy} onClick={() => void report.run()}>
            {t("import.undo.report")}
          </Button>
          <Button busy={redo.busy} onClick={() => void redo.run()}>
            {t("import.undo.redo")}
          </Button>
        </div>
      </div>
    </Page>
  );
}
