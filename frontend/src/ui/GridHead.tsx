import { ArrowDown, ArrowUp } from "lucide-react";
import type { PointerEvent } from "react";
import { useI18n } from "../i18n";
import type { GridColumn } from "./Grid";
import styles from "./Grid.module.css";
import { Icon } from "./Icon";

interface Props<R> {
  columns: readonly GridColumn<R>[];
  template: string;
  numbered: boolean;
  sort: { id: string; desc: boolean } | undefined;
  onSort: ((id: string) => void) | undefined;
  onResize: ((id: string, width: number) => void) | undefined;
}

const narrowest = 60;

export function GridHead<R>({ columns, template, numbered, sort, onSort, onResize }: Props<R>) {
  const { t } = useI18n();
  const drag = (event: PointerEvent<HTMLElement>, column: GridColumn<R>) => {
    const handle = event.currentTarget;
    const start = event.clientX;
    const width = handle.parentElement?.offsetWidth ?? column.width;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => onResize?.(column.id, Math.max(narrowest, width + move.clientX - start));
    handle.onpointerup = () => {
      handle.onpointermove = null;
    };
  };
  return (
    <div role="row" aria-rowindex={1} tabIndex={-1} className={styles.head} style={{ gridTemplateColumns: template }}>
      {numbered ? (
        <div
          role="columnheader"
          tabIndex={-1}
          className={`${styles.number} ${columns[0]?.frozen ? styles.frozen : ""}`}
        >
          <span className="only-read">{t("common.row")}</span>
        </div>
      ) : null}
      {columns.map((column, c) => {
        const sorted = sort?.id === column.id ? (sort.desc ? "descending" : "ascending") : "none";
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={c + 1}
            tabIndex={-1}
            className={`${styles.title} ${column.align === "end" ? styles.end : ""} ${column.frozen ? styles.frozen : ""}`}
            {...(column.sortable ? { "aria-sort": sorted } : {})}
          >
            {column.sortable && onSort ? (
              <button type="button" tabIndex={-1} className={styles.sort} onClick={() => onSort(column.id)}>
                {column.title}
                {sorted === "none" ? null : <Icon of={sorted === "ascending" ? ArrowUp : ArrowDown} size="small" />}
              </button>
            ) : (
              column.title || <span className="only-read">{column.label}</span>
            )}
            {column.resizable && onResize ? (
              <span className={styles.handle} onPointerDown={(event) => drag(event, column)} />
            ) : null}
          </div>
        );
      })}
    </div>
  );
}
