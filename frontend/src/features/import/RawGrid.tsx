import { type KeyboardEvent, type PointerEvent, useMemo, useState } from "react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import type { ImportSheet, RawRow, RawRowsReply } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import { usePages } from "../../lib/usePages";
import { Grid, type GridColumn } from "../../ui/Grid";
import styles from "./RawGrid.module.css";
import { rowUnder, wider } from "./rawRows";

const size = 200;
const rowHeight = 31;

interface Props {
  job: string;
  sheet: ImportSheet;
  onHeader: (from: number, to: number) => void;
}

// RawGrid shows a sheet as the file has it: the header in its bracket, skipped
// rows grey with the reason. The bracket is dragged by the numbers of its rows,
// or moved with Alt and the arrows.
export function RawGrid({ job, sheet, onHeader }: Props) {
  const { t, maybe } = useI18n();
  const bridge = useBridge();
  const [active, setActive] = useState(-1);
  const [column, setColumn] = useState(0);
  const ask = { job, sheet: sheet.index, chosen: sheet.chosen, headerFrom: sheet.headerFrom, headerTo: sheet.headerTo };
  const pages = usePages<RawRow, RawRowsReply>({
    size,
    key: (offset) => keys.sheet(job, { ...ask, offset }),
    read: (offset) => bridge.imports.sheet({ ...ask, offset, limit: size }),
    rows: (page) => page.rows,
  });
  const first = pages.first;
  const rowCount = countOf(sheet, first);
  const columns = useMemo(() => {
    const cells = (first?.columns ?? []).map(
      (name, c): GridColumn<RawRow> => ({
        id: name,
        title: name,
        label: name,
        width: wider(first?.rows ?? [], c),
        render: (row) => <span className={skipped(row) ? styles.over : styles.text}>{row.cells[c] ?? ""}</span>,
      }),
    );
    const kind: GridColumn<RawRow> = {
      id: "kind",
      title: "",
      label: t("import.check.result"),
      width: 96,
      grow: true,
      align: "end",
      sticky: true,
      render: (row) => {
        const kind = maybe(`import.kind.${row.kind}`);
        return kind ? <span className={styles.kind}>{kind}</span> : null;
      },
    };
    return [...cells, kind];
  }, [first, t, maybe]);
  const press = (event: KeyboardEvent, index: number) => {
    const row = pages.rowAt(index)?.row;
    if (event.key === "h" && row) onHeader(row, row);
    else if (event.altKey && event.key === "ArrowDown") onHeader(sheet.headerFrom || 1, sheet.headerTo + 1);
    else if (event.altKey && event.key === "ArrowUp" && sheet.headerTo > sheet.headerFrom)
      onHeader(sheet.headerFrom, sheet.headerTo - 1);
    else return;
    event.preventDefault();
  };
  return (
    <Grid
      label={t("import.sheets.grid", { name: sheet.name })}
      look="sheet"
      columns={columns}
      rowCount={rowCount}
      rowAt={pages.rowAt}
      rowHeight={rowHeight}
      rowName={(row) => t("import.sheets.row", { n: row.row })}
      rowNumber={(row, index) => <RowNumber row={row} index={index} sheet={sheet} onHeader={onHeader} />}
      rowTone={(row) => (row.kind === "header" ? "open" : skipped(row) ? "sunken" : "plain")}
      active={active}
      onActive={setActive}
      activeColumn={column}
      onActiveColumn={setColumn}
      onRange={pages.onRange}
      onKey={press}
    />
  );
}

function skipped(row: RawRow): boolean {
  return row.kind !== "data" && row.kind !== "header";
}

// The count of all rows stands nowhere: after the last data row come a total
// and notes at most, and a short first page tells it exactly.
function countOf(sheet: ImportSheet, first: RawRowsReply | undefined): number {
  if (!first) return 0;
  if (first.rows.length < size) return first.rows.length;
  return Math.max(sheet.lastRow + 1, first.rows.length);
}

function RowNumber(props: { row: RawRow | undefined; index: number; sheet: ImportSheet; onHeader: Props["onHeader"] }) {
  const { t } = useI18n();
  const n = props.row?.row ?? props.index + 1;
  if (props.row?.kind !== "header") return <>{n}</>;
  const drag = (event: PointerEvent<HTMLElement>) => {
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    // The end of the bracket that was taken hold of moves, the other stays.
    const fixed = n === props.sheet.headerFrom ? props.sheet.headerTo : props.sheet.headerFrom;
    handle.onpointerup = (up) => {
      handle.onpointerup = null;
      const to = rowUnder(up.clientX, up.clientY);
      if (to > 0) props.onHeader(Math.min(fixed, to), Math.max(fixed, to));
    };
  };
  return (
    <span className={styles.handle} title={t("import.sheets.handle")} onPointerDown={drag}>
      {n}
    </span>
  );
}
