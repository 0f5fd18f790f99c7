import { FileOutput, Info } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { ImportCounts } from "../../bridge/types/imports";
import { type I18n, useI18n } from "../../i18n";
import { typing, useKeys } from "../../lib/keyboard";
import { useAct } from "../../lib/useAct";
import { useDayOf } from "../../lib/useDayOf";
import { useErrorText } from "../../lib/useErrorText";
import { useFields } from "../../lib/useFields";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Notice } from "../../ui/Notice";
import { CausesPane } from "./CausesPane";
import { CheckGrid } from "./CheckGrid";
import { CheckTabs } from "./CheckTabs";
import { Foot } from "./Foot";
import { Progress } from "./Progress";
import { placesOf } from "./places";
import step from "./Step.module.css";
import { type PlanKind, usePlanRows, useRepairs } from "./usePlan";
import { useSaved } from "./useSaved";
import type { StepProps } from "./Wizard";

export const writable = (c: ImportCounts) => c.new + c.updated + c.same + c.merged;

// CheckStep waits for the plan, then shows rows with problems first.
export function CheckStep(props: StepProps) {
  const { t } = useI18n();
  const bridge = useBridge();
  const { view, take, onStep } = props;
  const stop = useAct(() => bridge.imports.cancel(view.job), {
    done: (stopped) => {
      take(stopped);
      onStep("columns");
    },
  });
  if (view.phase !== "planning") return <Checked {...props} />;
  return (
    <Progress
      done={view.done}
      total={view.total}
      title={
        view.total > 0 ? t("import.check.planning", { done: view.done, total: view.total }) : t("import.check.starting")
      }
      note={t("import.check.planningNote")}
      actions={
        <Button autoFocus busy={stop.busy} onClick={() => void stop.run()}>
          {t("import.check.stop")}
        </Button>
      }
    />
  );
}

function Checked({ view, onStep }: StepProps) {
  const { t } = useI18n();
  const bridge = useBridge();
  const dayOf = useDayOf();
  const errorText = useErrorText();
  const fields = useFields();
  const [picked, setPicked] = useState<{ kind: PlanKind; cause: string } | null>(null);
  const problems = usePlanRows(view.job, "problems", "", true);
  const total = problems.first?.total ?? 0;
  const asked = picked ?? { kind: total > 0 ? "problems" : "all", cause: "" };
  const rows = usePlanRows(view.job, asked.kind as PlanKind, asked.cause, problems.first !== undefined);
  const repairs = useRepairs(view.job);
  const saved = useSaved();
  const undo = problems.first?.undo ? repairs.undo.run : null;
  useKeys({ "ctrl+z": () => (undo && !typing(document.activeElement) ? void undo() : false) });
  const save = useAct(() => bridge.imports.problems(view.job), { done: saved });
  const { counts } = view;
  const todo = counts.new + counts.updated + counts.wrong;
  const failed = rows.error ?? repairs.fix.error ?? repairs.fixAll.error ?? repairs.undo.error ?? save.error;
  if (!problems.first) return problems.error ? <EmptyState title={errorText(problems.error)} /> : null;
  return (
    <>
      <div className={step.columns}>
        <div className={step.main}>
          <CheckTabs
            kind={asked.kind === "wrong" ? "problems" : (asked.kind as PlanKind)}
            counts={counts}
            problems={total}
            onKind={(kind) => setPicked({ kind, cause: "" })}
          />
          {view.before ? (
            <div className={step.notice}>
              <Notice icon={Info} tone="accent">
                {todo > 0
                  ? t("import.beforeTodo", { day: dayOf(view.before), n: todo })
                  : t("import.beforeSame", { day: dayOf(view.before) })}
              </Notice>
            </div>
          ) : null}
          {rows.first && rows.first.total === 0 ? (
            <EmptyState title={t("import.check.none")} text={t("import.check.noneText")} />
          ) : (
            <CheckGrid
              key={`${asked.kind} ${asked.cause}`}
              rows={rows}
              places={placesOf(view.sheets, t)}
              fields={fields}
              repairs={repairs}
              focus={total > 0}
            />
          )}
        </div>
        <CausesPane
          reply={problems.first}
          wrong={counts.wrong}
          tidied={counts.tidied}
          fields={fields}
          repairs={repairs}
          onUndo={undo}
          cause={asked.cause}
          onCause={(cause, kind) => setPicked({ kind, cause })}
        />
      </div>
      <Foot
        text={footText(t, counts)}
        note={counts.wrong > 0 ? t("import.foot.checkKept") : null}
        error={failed ? errorText(failed) : null}
        extra={
          counts.wrong > 0 ? (
            <Button icon={FileOutput} busy={save.busy} onClick={() => void save.run()}>
              {t("import.check.export")}
            </Button>
          ) : null
        }
        onBack={() => onStep("columns")}
        next={t("import.foot.next", { step: t("import.step.matches") })}
        autoFocus={total === 0}
        busy={repairs.fix.busy}
        onNext={() => onStep("matches")}
      />
    </>
  );
}

function footText(t: I18n["t"], counts: ImportCounts): string {
  const ok = writable(counts);
  if (counts.wrong > 0) return t("import.foot.check", { n: ok, wrong: counts.wrong });
  return counts.new + counts.updated > 0
    ? t("import.foot.checkClean", { n: ok })
    : t("import.foot.checkSame", { n: ok });
}
