import { useEffect, useRef } from "react";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useErrorText } from "../../lib/useErrorText";
import { EmptyState } from "../../ui/EmptyState";
import { Page } from "../../ui/Page";
import { UndoDone } from "./UndoDone";
import { UndoPreview } from "./UndoPreview";
import { UndoRunning } from "./UndoRunning";
import { isUndoing, useUndo } from "./useUndo";

// UndoPage previews the undo of a batch, shows it while it runs and what it did.
export function UndoPage({ batch }: { batch: string }) {
  const { t } = useI18n();
  const errorText = useErrorText();
  const { state, error, take } = useUndo(batch);
  const before = useRef("");
  const phase = state?.phase ?? "";
  useEffect(() => {
    // Brought back: on to its customers.
    if (before.current === "redoing" && phase === "idle") go("customers", "batch", batch);
    before.current = phase;
  }, [phase, batch]);
  if (!state)
    return error ? (
      <Page title={t("import.undo.title")}>
        <EmptyState title={errorText(error)} />
      </Page>
    ) : null;
  if (isUndoing(state)) return <UndoRunning state={state} take={take} />;
  if (phase === "done") return <UndoDone state={state} take={take} />;
  return <UndoPreview state={state} take={take} />;
}
