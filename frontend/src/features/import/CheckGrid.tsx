import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { PlanReply, PlanRow } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { composing } from "../../lib/keyboard";
import type { Fields } from "../../lib/useFields";
import type { Pages } from "../../lib/usePages";
import { Grid } from "../../ui/Grid";
import styles from "./CheckGrid.module.css";
import { type CellAct, pressInCell } from "./cellKeys";
import { checkColumns } from "./checkColumns";
import { focusNext } from "./Foot";
import { type Places, rowNameOf } from "./places";
import type { Repairs } from "./usePlan";
import { isProblem, problemAfter, useWords } from "./words";

const rowHeight = 33;

interface Props {
  rows: Pages<PlanRow, PlanReply>;
  // Of an import of several sheets; null where the row number says all.
  places: Places | null;
  fields: Fields;
  repairs: Repairs;
  // Whether the keyboard starts here: there is something to repair.
  focus: boolean;
}

// CheckGrid is the sheet in which cells are repaired: Enter takes the
// suggestion, Ctrl Enter for all alike, Alt Enter keeps the cell as it is, Tab
// goes to the next problem and leaves after the last one, Esc leaves.
export function CheckGrid({ rows, places, fields, repairs, focus }: Props) {
  const { t, language } = useI18n();
  const words = useWords(fields);
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const [column, setColumn] = useState(0);
  const [editing, setEditing] = useState<string | null>(null);
  // Set when the cursor should go to the first problem of its row, as soon as
  // the row is there.
  const [seek, setSeek] = useState<"first" | "last" | null>("first");
  const first = rows.first;
  // The cells stand behind the place and the result.
  const lead = places ? 2 : 1;
  const count = first?.total ?? 0;
  const row = rows.rowAt(active);
  const focusGrid = () => box.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();

  useEffect(() => {
    if (focus) box.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
  }, [focus]);
  useEffect(() => {
    if (active >= count && count > 0) setActive(count - 1);
    if (!seek || !row) return;
    const at = seek === "first" ? problemAfter(row, -1) : problemAfter(row, row.cells.length, -1);
    if (at >= 0) setColumn(at + lead);
    setSeek(null);
  }, [active, count, row, seek, lead]);

  const cell = row?.cells[column - lead];
  // jump returns false at the last problem, where Tab leaves the grid.
  const jump = (step: 1 | -1): boolean => {
    if (!row) return false;
    const here = problemAfter(row, column - lead, step);
    if (here >= 0) {
      setColumn(here + lead);
      return true;
    }
    for (let next = active + step; next >= 0 && next < count; next += step) {
      const other = rows.rowAt(next);
      if (other && problemAfter(other, -1) < 0) continue;
      setActive(next);
      setSeek(step === 1 ? "first" : "last");
      return true;
    }
    return false;
  };
  const act = async (what: CellAct) => {
    if (what.kind === "edit") return setEditing(what.text);
    if (row && cell) {
      setEditing(null);
      const { action, text, all } = what;
      await repairs.fix.run({ index: row.index, field: cell.field, action, text, all });
      setSeek("first");
    }
    focusGrid();
  };
  const press = (event: KeyboardEvent) => {
    if (composing(event) || editing !== null) return;
    if (event.key === "Escape") {
      focusNext();
    } else if (event.key === "Tab") {
      if (!jump(event.shiftKey ? -1 : 1)) return;
    } else {
      const done = pressInCell(event, row, cell);
      if (!done) return;
      void act(done);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const stopEditing = () => {
    setEditing(null);
    focusGrid();
  };
  return (
    <div ref={box} className={styles.box}>
      <Grid
        label={t("import.check.grid")}
        look="sheet"
        columns={checkColumns({
          t,
          language,
          fields,
          words,
          places,
          lead,
          names: first?.fields ?? [],
          active,
          column,
          editing,
          onEdit: setEditing,
          onStop: stopEditing,
          onAct: (what) => void act(what),
        })}
        rowCount={count}
        rowAt={rows.rowAt}
        rowHeight={rowHeight}
        rowName={(r) => rowNameOf(t, places, r, r.cells[0]?.text ?? "")}
        {...(places ? {} : { rowNumber: (r: PlanRow | undefined) => r?.row ?? "" })}
        active={active}
        onActive={setActive}
        activeColumn={column}
        onActiveColumn={(c) => {
          setEditing(null);
          setColumn(c);
        }}
        onRange={rows.onRange}
        onKey={press}
      />
      <p className="only-read" aria-live="polite">
        {row && isProblem(row, cell) ? words.cause(cell.field, cell.code) : ""}
      </p>
    </div>
  );
}
