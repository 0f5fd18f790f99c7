import { Lock } from "lucide-react";
import { useMemo, useRef } from "react";
import type { Row } from "../../bridge/types/customers";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useWidth } from "../../lib/useWidth";
import { Grid, type GridColumn, numberWidth } from "../../ui/Grid";
import { Icon } from "../../ui/Icon";
import { CellValue } from "./CellValue";
import styles from "./List.module.css";
import { type Column, type Layout, rowHeights, unchosen } from "./layout";
import { NameCell } from "./NameCell";
import type { Rows } from "./useRows";
import type { Schema } from "./useSchema";

interface Props {
  // Beside an open card only the columns that fit are shown, the first ones first;
  // so are those that nobody has chosen.
  fit: boolean;
  rows: Rows;
  schema: Schema;
  layout: Layout;
  columns: readonly Column[];
  active: number;
  openID: string;
  onLayout: (next: Partial<Layout>) => void;
  onActive: (index: number) => void;
  onOpen: (index: number) => void;
}

// The name takes the room that is left and gives of it down to this width.
const nameWidth = 200;

// List is the grid of customers; what is not in view is not in memory.
export function List({
  fit,
  rows,
  schema,
  layout,
  columns: wanted,
  active,
  openID,
  onLayout,
  onActive,
  onOpen,
}: Props) {
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const numbers = numberWidth(rows.total);
  const columns = useMemo(
    () => (fit || unchosen(layout) ? fitting(wanted, width, numbers) : wanted),
    [fit, layout, wanted, width, numbers],
  );
  const grid = useMemo(
    (): GridColumn<Row>[] => [
      {
        id: "name",
        title: t("customers.grid.name"),
        label: t("customers.grid.name"),
        width: nameWidth,
        grow: true,
        frozen: true,
        sortable: true,
        render: (row) => <NameCell row={row} onConflict={() => go("review", "conflicts", row.id)} />,
      },
      ...columns.flatMap((column, n): GridColumn<Row>[] => {
        const field = schema.field(column.id);
        if (!field) return [];
        const name = schema.nameOf(field);
        return [
          {
            id: column.id,
            label: name,
            width: column.width,
            sortable: !field.sealed,
            resizable: true,
            align: field.type === "amount" ? "end" : "start",
            title: (
              <>
                {name}
                {field.sealed ? <Icon of={Lock} size="small" tone="sealed" label={t("customers.mark.sealed")} /> : null}
              </>
            ),
            render: (row) => <CellValue cell={row.cells[n]} field={field} schema={schema} />,
          },
        ];
      }),
    ],
    [columns, schema, t],
  );
  const sortBy = (field: string) =>
    onLayout({ sort: { field, desc: layout.sort.field === field ? !layout.sort.desc : false } });
  const stageAt = columns.findIndex((c) => c.id === "stage");
  return (
    <div ref={box} className={styles.box}>
      <Grid
        label={t("customers.grid.label")}
        columns={grid}
        rowCount={rows.total}
        of={rows.of}
        rowAt={rows.rowAt}
        rowName={(row) => t("customers.grid.row", { name: row.name, stage: row.cells[stageAt]?.text ?? "" })}
        rowHeight={rowHeights[layout.row]}
        rowNumber={(_, index) => index + 1}
        active={active}
        onActive={onActive}
        onOpen={onOpen}
        onRange={rows.onRange}
        rowTone={(row) => (row.id === openID ? "open" : "plain")}
        sort={{ id: layout.sort.field, desc: layout.sort.desc }}
        onSort={sortBy}
        onResize={(id, width) => onLayout({ columns: layout.columns.map((c) => (c.id === id ? { ...c, width } : c)) })}
      />
    </div>
  );
}

// fitting takes columns from the left for as long as they fit whole.
function fitting(columns: readonly Column[], width: number, numbers: number): readonly Column[] {
  let used = numbers + nameWidth;
  const end = columns.findIndex((c) => {
    used += c.width;
    return used > width;
  });
  return end < 0 || width === 0 ? columns : columns.slice(0, Math.max(1, end));
}
