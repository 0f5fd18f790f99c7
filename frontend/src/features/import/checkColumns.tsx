import { CircleAlert, Lock, TriangleAlert } from "lucide-react";
import type { PlanRow } from "../../bridge/types/imports";
import type { I18n, Language } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import type { GridColumn } from "../../ui/Grid";
import { Icon } from "../../ui/Icon";
import { CellText } from "./CellText";
import styles from "./CheckGrid.module.css";
import type { CellContext } from "./cellKeys";
import { ProblemCell } from "./ProblemCell";
import { type Places, placeColumn, placeOf } from "./places";
import { isProblem, rowState } from "./words";

interface ColumnsOf extends CellContext {
  fields: Fields;
  places: Places | null;
  // How many columns stand before the cells.
  lead: number;
  names: readonly string[];
  active: number;
  column: number;
  language: Language;
}

const widths: Record<string, number> = {
  name: 176,
  street: 150,
  text: 130,
  long: 150,
  mobile: 156,
  uscc: 170,
  email: 160,
  person: 84,
  choice: 84,
};

export function checkColumns(of: ColumnsOf): GridColumn<PlanRow>[] {
  const { t, fields } = of;
  const result: GridColumn<PlanRow> = {
    id: "result",
    title: t("import.check.result"),
    label: t("import.check.result"),
    width: of.language === "zh" ? 86 : 116,
    render: (row) => <Result row={row} t={t} places={of.places} />,
  };
  const cells = of.names.map((id, n): GridColumn<PlanRow> => {
    const field = fields.field(id);
    return {
      id,
      title: (
        <>
          {fields.name(id)}
          {field?.sealed ? <Icon of={Lock} size="small" tone="sealed" /> : null}
        </>
      ),
      label: fields.name(id),
      width: widths[field?.type ?? ""] ?? 110,
      grow: field?.type === "name" || field?.type === "street",
      align: field?.type === "amount" ? "end" : "start",
      render: (row, index) => {
        const cell = row.cells[n];
        if (!cell) return null;
        const here = index === of.active && of.column === n + of.lead;
        if (here && (of.editing !== null || isProblem(row, cell)))
          return <ProblemCell row={row} cell={cell} name={fields.name(id)} {...of} />;
        return <CellText row={row} cell={cell} t={t} name={fields.name(id)} />;
      },
    };
  });
  const columns = of.places ? [placeColumn(of.places, t), result, ...cells] : [result, ...cells];
  // Which row it is stays in view while the others scroll.
  return columns.map((column, n) => (n === 0 ? { ...column, frozen: true } : column));
}

function Result({ row, t, places }: { row: PlanRow; t: I18n["t"]; places: Places | null }) {
  const state = rowState(row);
  if (state === "waits") {
    return (
      <span className={styles.fine} title={t("import.check.waitsFor", { place: placeOf(t, places, row.joined) })}>
        {t("import.check.waits")}
      </span>
    );
  }
  if (state === "fine") return <span className={styles.fine}>{t(kindKey(row.kind))}</span>;
  return (
    <span className={styles[state]}>
      <Icon of={state === "wrong" ? CircleAlert : TriangleAlert} size="small" tone="inherit" />
      {t(state === "wrong" ? "import.check.wrong" : "import.check.look")}
    </span>
  );
}

function kindKey(kind: string) {
  switch (kind) {
    case "new":
    case "updated":
    case "same":
    case "merged":
    case "review":
    case "wrong":
      return `import.kindOf.${kind}` as const;
    default:
      return "import.check.fine" as const;
  }
}
