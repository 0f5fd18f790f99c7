import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { typing } from "../lib/keyboard";
import styles from "./Grid.module.css";
import { GridHead } from "./GridHead";
import { moveInGrid } from "./gridKeys";

export interface GridColumn<R> {
  id: string;
  title: ReactNode;
  // The title in words, for reading aloud and for the resize handle.
  label: string;
  width: number;
  // Takes the room that is left.
  grow?: boolean;
  align?: "start" | "end";
  sortable?: boolean;
  resizable?: boolean;
  // Stays at the right edge while the others scroll.
  sticky?: boolean;
  // Stays at the left edge, beside the row number; the first column only.
  frozen?: boolean;
  render: (row: R, index: number) => ReactNode;
}

export interface GridProps<R> {
  label: string;
  columns: readonly GridColumn<R>[];
  // The whole query's count; rows that have not arrived are undefined.
  rowCount: number;
  // Which query these are the rows of: another one is shown from its top.
  of?: string;
  rowAt: (index: number) => R | undefined;
  rowName: (row: R) => string;
  rowHeight: number;
  // A list has hairlines between rows, a sheet also between columns.
  look?: "list" | "sheet";
  rowNumber?: (row: R | undefined, index: number) => ReactNode;
  active: number;
  onActive: (index: number) => void;
  activeColumn?: number;
  onActiveColumn?: (index: number) => void;
  onOpen?: (index: number) => void;
  // Keys that the grid itself does not use, with the cell they belong to.
  onKey?: (event: KeyboardEvent, row: number, column: number) => void;
  onRange?: (from: number, to: number) => void;
  onMenu?: (index: number, at: { x: number; y: number }) => void;
  rowTone?: (row: R) => "plain" | "sunken" | "open";
  sort?: { id: string; desc: boolean };
  onSort?: (id: string) => void;
  onResize?: (id: string, width: number) => void;
}

// numberWidth is the room of the row number, before which nothing scrolls: of up
// to five digits, or of more.
export const numberWidth = (rowCount: number) => (rowCount < 100_000 ? 44 : 60);

// Grid shows any number of rows: only those in view are in the document. It is
// one tab stop; arrows move inside (UX.md 10).
export function Grid<R>(props: GridProps<R>) {
  const { active, rowCount, onRange } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => props.rowHeight,
    overscan: 8,
    // The active row stays mounted, because the focus points at it.
    rangeExtractor: (range: Range) => {
      const shown = defaultRangeExtractor(range);
      return active >= 0 && active < rowCount && !shown.includes(active) ? [...shown, active] : shown;
    },
  });
  const items = rows.getVirtualItems();
  const from = rows.range?.startIndex ?? 0;
  const to = rows.range?.endIndex ?? 0;
  useEffect(() => onRange?.(from, to), [onRange, from, to]);
  const { of } = props;
  const shown = useRef(of);
  useEffect(() => {
    if (shown.current === of) return;
    shown.current = of;
    rows.scrollToOffset(0);
  }, [of, rows]);
  useEffect(() => {
    if (active >= 0 && active < rowCount) rows.scrollToIndex(active, { align: "auto" });
  }, [active, rowCount, rows]);
  const { rowHeight } = props;
  useEffect(() => {
    if (rowHeight > 0) rows.measure();
  }, [rows, rowHeight]);
  // The cell under the cursor comes into view; its title is there before its row is.
  const cursor = active >= 0 && active < rowCount ? props.activeColumn : undefined;
  const at = cursor === undefined ? undefined : props.columns[cursor];
  const hidden = at !== undefined && !at.frozen && !at.sticky;
  useEffect(() => {
    if (!hidden || active < 0) return;
    const title = scroller.current?.querySelector(`[role="columnheader"][aria-colindex="${(cursor ?? 0) + 1}"]`);
    title?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [hidden, active, cursor]);

  const number = numberWidth(rowCount);
  // What stays at an edge covers that much of the others.
  const covered = (edge: "frozen" | "sticky") => props.columns.reduce((sum, c) => sum + (c[edge] ? c.width : 0), 0);
  const left = covered("frozen");
  const template = [
    ...(props.rowNumber ? [`${number}px`] : []),
    ...props.columns.map((c) => (c.grow ? `minmax(${c.width}px, 1fr)` : `${c.width}px`)),
  ].join(" ");
  const minWidth = props.columns.reduce((sum, c) => sum + c.width, props.rowNumber ? number : 0);

  const press = (event: KeyboardEvent) => {
    // A field inside a cell keeps its own keys.
    if (event.target !== event.currentTarget && typing(event.target)) return;
    const column = props.activeColumn ?? 0;
    const page = Math.max(1, to - from - 1);
    const size = { rows: rowCount, columns: props.onActiveColumn ? props.columns.length : 0, page };
    const move = moveInGrid(event, { row: active, column }, size);
    if (move) {
      event.preventDefault();
      if (move.row !== active) props.onActive(move.row);
      if (move.column !== column) props.onActiveColumn?.(move.column);
      return;
    }
    if (event.key === "Enter" && props.onOpen && active >= 0 && event.target === event.currentTarget) {
      event.preventDefault();
      props.onOpen(active);
      return;
    }
    props.onKey?.(event, active, column);
  };

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rowCount + 1}
      aria-colcount={props.columns.length}
      {...(active >= 0 && active < rowCount ? { "aria-activedescendant": `${id}-${active}` } : {})}
      className={`${styles.grid} ${props.look === "sheet" ? styles.sheet : ""}`}
      style={{
        scrollPaddingLeft: left > 0 && props.rowNumber ? left + number : left,
        scrollPaddingRight: covered("sticky"),
      }}
      onKeyDown={press}
    >
      <div className={styles.inner} style={{ minWidth, ["--grid-number" as string]: `${number}px` }}>
        <GridHead
          columns={props.columns}
          template={template}
          numbered={props.rowNumber !== undefined}
          sort={props.sort}
          onSort={props.onSort}
          onResize={props.onResize}
        />
        <div role="presentation" className={styles.rows} style={{ height: rows.getTotalSize() }}>
          {items.map((item) => (
            <GridRow
              key={item.key}
              grid={props}
              id={`${id}-${item.index}`}
              index={item.index}
              top={item.start}
              template={template}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps<R> {
  grid: GridProps<R>;
  id: string;
  index: number;
  top: number;
  template: string;
}

function GridRow<R>({ grid, id, index, top, template }: RowProps<R>) {
  const row = grid.rowAt(index);
  const active = index === grid.active;
  const tone = row === undefined ? "plain" : (grid.rowTone?.(row) ?? "plain");
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={active}
      {...(row === undefined ? {} : { "aria-label": grid.rowName(row) })}
      className={`${styles.row} ${styles[tone]} ${active ? styles.active : ""}`}
      style={{ height: grid.rowHeight, gridTemplateColumns: template, transform: `translateY(${top}px)` }}
      onClick={(event) => {
        grid.onActive(index);
        // A button inside a row does its own thing.
        if (!(event.target as Element).closest("button, a, input")) grid.onOpen?.(index);
      }}
      onContextMenu={(event) => {
        if (!grid.onMenu) return;
        event.preventDefault();
        grid.onActive(index);
        grid.onMenu(index, { x: event.clientX, y: event.clientY });
      }}
    >
      {grid.rowNumber ? (
        <div role="rowheader" className={`${styles.number} ${grid.columns[0]?.frozen ? styles.frozen : ""}`}>
          {grid.rowNumber(row, index)}
        </div>
      ) : null}
      {grid.columns.map((column, c) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={c + 1}
          className={`${styles.cell} ${column.align === "end" ? styles.end : ""} ${column.sticky ? styles.sticky : ""} ${
            column.frozen ? styles.frozen : ""
          } ${active && grid.activeColumn === c ? styles.cursor : ""}`}
          onClick={() => grid.onActiveColumn?.(c)}
        >
          {row === undefined ? <span className={styles.waiting} /> : column.render(row, index)}
        </div>
      ))}
    </div>
  );
}
