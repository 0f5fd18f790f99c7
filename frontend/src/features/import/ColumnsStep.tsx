import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { useBridge } from "../../bridge/context";
import { AppError, isCode } from "../../bridge/errors";
import { keys } from "../../bridge/keys";
import type { ColumnsReply, ImportColumn } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { useAct } from "../../lib/useAct";
import { useErrorText } from "../../lib/useErrorText";
import { useFields } from "../../lib/useFields";
import { Segmented } from "../../ui/Segmented";
import { ColumnRow } from "./ColumnRow";
import styles from "./ColumnsStep.module.css";
import { Foot } from "./Foot";
import { OptionsPane } from "./OptionsPane";
import { placesOf } from "./places";
import { Repaired } from "./Repaired";
import step from "./Step.module.css";
import type { StepProps } from "./Wizard";

const nothing: ColumnsReply = { columns: [], targets: [] };
const left = (c: ImportColumn) => c.field === "" || c.field === "ignore";
const name = (c: ImportColumn) => `${c.sheet}:${c.column}`;

// ColumnsStep sends each column to a field, with the reason and one sample of
// what will be written.
export function ColumnsStep({ view, take, onStep }: StepProps) {
  const { t } = useI18n();
  const bridge = useBridge();
  const client = useQueryClient();
  const fields = useFields();
  const errorText = useErrorText();
  const [show, setShow] = useState<"all" | "look">("all");
  const [shown, setShown] = useState("");
  const mapping = useQuery({
    queryKey: keys.mapping(view.job),
    queryFn: () => bridge.imports.columns(view.job),
    refetchOnMount: "always",
  });
  const done = (reply: ColumnsReply) => {
    client.setQueryData(keys.mapping(view.job), reply);
    if (view.phase === "check") void client.invalidateQueries({ queryKey: keys.job(view.job) }); // the plan may be gone
  };
  const map = useAct(
    (c: ImportColumn, field: string) => bridge.imports.map({ job: view.job, sheet: c.sheet, column: c.column, field }),
    { done },
  );
  const option = useAct(
    (c: ImportColumn, text: string, value: string) =>
      bridge.imports.option({ job: view.job, sheet: c.sheet, column: c.column, text, value }),
    { done },
  );
  const plan = useAct(() => bridge.imports.plan(view.job), {
    done: (planned) => {
      client.removeQueries({ queryKey: keys.plan(view.job) });
      take(planned);
      onStep("check");
    },
  });
  const { columns, targets } = mapping.data ?? nothing;
  const look = columns.filter((c) => c.look);
  const withOptions = columns.filter((c) => c.options.length > 0 && !left(c));
  const pane = withOptions.find((c) => name(c) === shown) ?? withOptions.find((c) => c.look) ?? withOptions[0];
  // What stopped the check stands in the view.
  const stopped = isCode(view.error) ? new AppError(view.error) : null;
  const error = stopped ?? mapping.error ?? map.error ?? option.error ?? plan.error;
  const places = placesOf(view.sheets, t);
  const mapped = columns.filter((c) => !left(c)).length;
  return (
    <>
      <div className={step.columns}>
        <div className={step.main}>
          <div className={step.bar}>
            <strong className={step.strong}>{t("import.columns.title")}</strong>
            <span className={step.room} />
            <Segmented
              label={t("import.columns.filter")}
              value={show}
              onChange={setShow}
              options={[
                { value: "all", label: t("import.columns.all", { n: columns.length }) },
                { value: "look", label: t("import.columns.look", { n: look.length }) },
              ]}
            />
          </div>
          <Repaired view={view} />
          <div className={styles.scroll}>
            <table className={styles.table}>
              <Head />
              <tbody>
                {(show === "all" ? columns : look).map((c, n, all) => (
                  <Fragment key={name(c)}>
                    {places && String(c.sheets) !== String(all[n - 1]?.sheets) ? (
                      <SheetRow name={places.names(c.sheets)} />
                    ) : null}
                    <ColumnRow
                      column={c}
                      targets={targets}
                      fields={fields}
                      here={c === pane}
                      onShow={() => setShown(name(c))}
                      onMap={(field) => void map.run(c, field)}
                    />
                  </Fragment>
                ))}
              </tbody>
            </table>
          </div>
        </div>
        {pane ? (
          <OptionsPane column={pane} fields={fields} onOption={(text, value) => void option.run(pane, text, value)} />
        ) : null}
      </div>
      <Foot
        text={t("import.foot.columns", { n: columns.length, mapped, left: columns.length - mapped })}
        note={t("import.foot.remember")}
        error={error ? errorText(error) : null}
        onBack={() => onStep("sheets")}
        next={t("import.foot.next", { step: t("import.step.check") })}
        disabled={mapped === 0}
        busy={plan.busy || map.busy || option.busy}
        onNext={() => void plan.run()}
      />
    </>
  );
}

// SheetRow stands before the columns of one sheet, or of several alike.
function SheetRow({ name }: { name: string }) {
  return (
    <tr>
      <th scope="rowgroup" colSpan={6} className={styles.sheet}>
        {name}
      </th>
    </tr>
  );
}

function Head() {
  const { t } = useI18n();
  return (
    <thead>
      <tr>
        <th>{t("import.columns.file")}</th>
        <th>
          <span className="only-read">{t("import.columns.written")}</span>
        </th>
        <th>{t("import.columns.field")}</th>
        <th>{t("import.columns.section")}</th>
        <th>{t("import.columns.reason")}</th>
        <th>{t("import.columns.written")}</th>
      </tr>
    </thead>
  );
}
