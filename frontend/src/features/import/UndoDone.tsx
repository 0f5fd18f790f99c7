import { CircleCheck } from "lucide-react";
import { useBridge } from "../../bridge/context";
import type { UndoState } from "../../bridge/types/undo";
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
import type { Undoing } from "./useUndo";

// UndoDone says what was undone, and can bring the import back.
export function UndoDone({ state, take }: { state: UndoState; take: Undoing["take"] }) {
  const { batch } = state;
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const saved = useSaved();
  const redo = useAct(() => bridge.imports.undo({ batch, kind: "redo", offset: 0, limit: 0, force: [] }), {
    done: take,
  });
  const report = useAct(() => bridge.imports.undoReport(batch), { done: saved });
  const error = redo.error ?? report.error;
  return (
    <Page title={t("import.undo.title")}>
      <div className={styles.page}>
        <h2 className={styles.title}>
          <Icon of={CircleCheck} size="large" tone="ok" />{" "}
          {t("import.undo.doneTitle", { n: state.removed + state.restored })}
        </h2>
        <p className={styles.note}>
          {t("import.undo.doneText", { removed: state.removed, restored: state.restored, kept: state.kept })}
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
