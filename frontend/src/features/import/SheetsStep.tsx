import { CircleAlert, Info } from "lucide-react";
import { useState } from "react";
import { useBridge } from "../../bridge/context";
import type { ImportSheet } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useDayOf } from "../../lib/useDayOf";
import { useErrorText } from "../../lib/useErrorText";
import { Notice } from "../../ui/Notice";
import { Foot } from "./Foot";
import { HeaderChoice } from "./HeaderChoice";
import { useUnopened, useUnopenedText } from "./openFiles";
import { RawGrid } from "./RawGrid";
import { Repaired } from "./Repaired";
import { SheetList } from "./SheetList";
import styles from "./Step.module.css";
import type { StepProps } from "./Wizard";

// SheetsStep chooses the sheets and where their headers stand.
export function SheetsStep({ view, take, onStep }: StepProps) {
  const { t } = useI18n();
  const dayOf = useDayOf();
  const bridge = useBridge();
  const errorText = useErrorText();
  const unopened = useUnopened(view.job);
  const unopenedText = useUnopenedText();
  const [shown, setShown] = useState(() => view.sheets.find((s) => s.chosen)?.index ?? view.sheets[0]?.index ?? 0);
  const choose = useAct(
    (sheet: ImportSheet) =>
      bridge.imports.chooseSheet({
        job: view.job,
        sheet: sheet.index,
        offset: 0,
        limit: 0,
        chosen: sheet.chosen,
        headerFrom: sheet.headerFrom,
        headerTo: sheet.headerTo,
      }),
    { done: take },
  );
  const next = useAct(() => bridge.imports.columns(view.job), { done: () => onStep("columns") });
  const sheet = view.sheets.find((s) => s.index === shown);
  const setHeader = (headerFrom: number, headerTo: number) => {
    if (sheet) void choose.run({ ...sheet, chosen: true, headerFrom, headerTo });
  };
  const none = !view.sheets.some((s) => s.chosen);
  const error = choose.error ?? next.error;
  return (
    <>
      <div className={styles.columns}>
        <SheetList view={view} shown={shown} onShow={setShown} onChange={(s) => void choose.run(s)} onAdded={take} />
        <div className={styles.main}>
          {unopened.length > 0 ? (
            <div className={styles.notice}>
              <Notice icon={CircleAlert} tone="bad" role="alert">
                {unopenedText({ chosen: unopened.length + 1, unopened }).map((text) => (
                  <p key={text}>{text}</p>
                ))}
              </Notice>
            </div>
          ) : null}
          <Repaired view={view} />
          {view.before ? (
            <div className={styles.notice}>
              <Notice icon={Info} tone="accent">
                {t("import.before", { day: dayOf(view.before) })}
              </Notice>
            </div>
          ) : null}
          {sheet ? <HeaderChoice sheet={sheet} onHeader={setHeader} /> : null}
          {sheet ? <RawGrid key={sheet.index} job={view.job} sheet={sheet} onHeader={setHeader} /> : null}
        </div>
      </div>
      <Foot
        text={none ? t("import.sheets.chooseOne") : t("import.foot.nothing")}
        error={error ? errorText(error) : null}
        next={t("import.foot.next", { step: t("import.step.columns") })}
        disabled={none}
        busy={next.busy || choose.busy || view.phase === "reading"}
        onNext={() => void next.run()}
      />
    </>
  );
}
