import { useBridge } from "../../bridge/context";
import { AppError, isCode } from "../../bridge/errors";
import type { ImportView } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Progress } from "./Progress";
import { Result } from "./Result";
import type { StepProps } from "./Wizard";

// WriteStep writes, can be stopped within a second and taken up again.
export function WriteStep({ view, take }: StepProps) {
  if (view.phase === "done" || view.phase === "undone") return <Result view={view} />;
  if (view.phase === "writing") return <Writing view={view} take={take} />;
  return <Stopped view={view} take={take} />;
}

function Writing({ view, take }: Pick<StepProps, "view" | "take">) {
  const { t } = useI18n();
  const bridge = useBridge();
  const stop = useAct(() => bridge.imports.cancel(view.job), { done: take });
  return (
    <Progress
      done={view.done}
      total={view.total}
      title={t("import.write.running", { done: view.done, total: view.total })}
      note={t("import.write.runningNote")}
      actions={
        <Button autoFocus busy={stop.busy} onClick={() => void stop.run()}>
          {t("import.write.stop")}
        </Button>
      }
    />
  );
}

function Stopped({ view, take }: { view: ImportView; take: StepProps["take"] }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const resume = useAct(() => bridge.imports.resume(view.job), { done: take });
  const failed = view.phase === "failed";
  const why = resume.error ?? (isCode(view.error) ? new AppError(view.error) : null);
  return (
    <Progress
      done={view.done}
      total={view.total}
      title={t(failed ? "import.write.failed" : "import.write.paused", { done: view.done, total: view.total })}
      note={t(failed ? "import.write.failedNote" : "import.write.pausedNote")}
      actions={
        <>
          <Button kind="primary" autoFocus busy={resume.busy} onClick={() => void resume.run()}>
            {t("import.write.resume")}
          </Button>
          {view.batch ? (
            <Button onClick={() => go("import", "undo", view.batch)}>{t("import.write.undoWritten")}</Button>
          ) : null}
          {why ? (
            <Notice tone="bad" role="alert">
              {errorText(why)}
            </Notice>
          ) : null}
        </>
      }
    />
  );
}
