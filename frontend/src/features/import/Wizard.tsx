import { FileSpreadsheet, X } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { ImportView } from "../../bridge/types/imports";
import { type I18n, useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Icon } from "../../ui/Icon";
import { Page } from "../../ui/Page";
import { CheckStep } from "./CheckStep";
import { ColumnsStep } from "./ColumnsStep";
import { MatchStep } from "./MatchStep";
import { SheetsStep } from "./SheetsStep";
import { Steps } from "./Steps";
import { type Step, stepOf, useJob } from "./useJob";
import { WriteStep } from "./WriteStep";

export interface StepProps {
  view: ImportView;
  take: (view: ImportView | undefined) => void;
  onStep: (step: Step) => void;
}

// Wizard leads one import through its five steps. Leaving keeps it as a draft.
export function Wizard({ job }: { job: string }) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const { view, error, take } = useJob(job);
  const [chosen, setChosen] = useState<Step | null>(null);
  const discard = useAct(() => bridge.imports.discard(job), { done: () => go("import") });
  if (!view) return error ? <EmptyState title={errorText(error)} actions={<Again />} /> : null;
  const reached = stepOf(view.phase);
  const step = reached === "write" ? "write" : (chosen ?? reached);
  const props: StepProps = { view, take, onStep: setChosen };
  return (
    <Page
      title={titleOf(t, view.files)}
      lead={<Icon of={FileSpreadsheet} />}
      actions={
        <>
          <Steps step={step} done={view.phase === "done"} />
          {step === "write" ? null : (
            <Button kind="text" icon={X} busy={discard.busy} onClick={() => void discard.run()}>
              {t("import.foot.discard")}
            </Button>
          )}
        </>
      }
    >
      <Shown step={step} {...props} />
    </Page>
  );
}

function titleOf(t: I18n["t"], [first, ...more]: readonly string[]): string {
  if (first === undefined) return t("import.title");
  return more.length > 0 ? t("import.files", { name: first, n: more.length + 1 }) : first;
}

function Shown({ step, ...props }: StepProps & { step: Step }) {
  switch (step) {
    case "sheets":
      return <SheetsStep {...props} />;
    case "columns":
      return <ColumnsStep {...props} />;
    case "check":
      return <CheckStep {...props} />;
    case "matches":
      return <MatchStep {...props} />;
    case "write":
      return <WriteStep {...props} />;
  }
}

function Again() {
  const { t } = useI18n();
  return <Button onClick={() => go("import")}>{t("import.undo.back")}</Button>;
}
