import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { UndoState } from "../../bridge/types/undo";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { Button } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Progress } from "./Progress";
import type { Undoing } from "./useUndo";

// UndoRunning shows how far an undo is, or bringing an import back; both can be
// stopped within a second.
export function UndoRunning({ state, take }: { state: UndoState; take: Undoing["take"] }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  // What was counted before it began is true no longer once it stops.
  useEffect(() => client.removeQueries({ queryKey: keys.undos(state.batch) }), [client, state.batch]);
  const stop = useAct(() => bridge.imports.stopUndo(state.batch), { done: take });
  const { done, total } = state;
  const back = state.phase === "redoing";
  return (
    <Page title={t("import.undo.title")}>
      <Progress
        done={done}
        total={total}
        title={t(back ? "import.undo.redoing" : "import.undo.running", { done, total })}
        note={t(back ? "import.undo.redoingNote" : "import.undo.runningNote")}
        actions={
          <Button autoFocus busy={stop.busy} onClick={() => void stop.run()}>
            {t("import.undo.stop")}
          </Button>
        }
      />
    </Page>
  );
}
