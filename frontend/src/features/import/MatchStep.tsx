import { useState } from "react";
import { useBridge } from "../../bridge/context";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useFields } from "../../lib/useFields";
import { EmptyState } from "../../ui/EmptyState";
import { Tabs } from "../../ui/Tabs";
import { Foot } from "./Foot";
import { MatchGrid, type MatchKind } from "./MatchGrid";
import { MatchPane } from "./MatchPane";
import styles from "./MatchStep.module.css";
import { placesOf } from "./places";
import step from "./Step.module.css";
import { usePlanRows } from "./usePlan";
import type { StepProps } from "./Wizard";

const kinds: readonly MatchKind[] = ["updated", "merged", "review"];

// MatchStep shows what exact matching decided, field by field; nothing is left
// to decide here.
export function MatchStep({ view, take, onStep }: StepProps) {
  const { t } = useI18n();
  const bridge = useBridge();
  const errorText = useErrorText();
  const fields = useFields();
  const { counts } = view;
  const shown = kinds.filter((k) => counts[k] > 0 || k === "updated");
  const [kind, setKind] = useState<MatchKind>(() => shown.find((k) => counts[k] > 0) ?? "updated");
  const [active, setActive] = useState(0);
  const rows = usePlanRows(view.job, kind, "", true);
  const write = useAct(() => bridge.imports.write(view.job), { done: take });
  const writes = counts.new + counts.updated;
  const row = rows.rowAt(active);
  const places = placesOf(view.sheets, t);
  const error = rows.error ?? write.error;
  return (
    <>
      <div className={step.columns}>
        <div className={step.main}>
          <div className={styles.tabs}>
            <Tabs
              label={t("import.matches.tabs")}
              value={kind}
              onChange={(next) => {
                setKind(next);
                setActive(0);
              }}
              tabs={shown.map((k) => ({ value: k, label: t(`import.matches.tab.${k}`), count: counts[k] }))}
            />
          </div>
          {counts[kind] === 0 ? (
            <EmptyState
              title={t(writes === 0 ? "import.matches.same" : "import.matches.none")}
              text={t(writes === 0 ? "import.matches.sameText" : "import.matches.noneText")}
            />
          ) : (
            <MatchGrid
              key={kind}
              rows={rows}
              places={places}
              kind={kind}
              fields={fields}
              active={active}
              onActive={setActive}
            />
          )}
        </div>
        {row && counts[kind] > 0 ? (
          <MatchPane row={row} places={places} review={kind === "review"} fields={fields} />
        ) : null}
      </div>
      <Foot
        text={t("import.foot.matches", { new: counts.new, updated: counts.updated, same: counts.same })}
        note={counts.newReview > 0 ? t("import.foot.matchesReview", { n: counts.newReview }) : null}
        error={error ? errorText(error) : null}
        onBack={() => onStep("check")}
        next={writes > 0 ? t("import.foot.write", { n: writes }) : t("import.foot.nothingToWrite")}
        disabled={writes === 0}
        busy={write.busy}
        onNext={() => void write.run()}
      />
    </>
  );
}
