import type { PlanCell, PlanRow } from "../../bridge/types/imports";
import type { I18n } from "../../i18n";
import styles from "./CheckGrid.module.css";
import { isProblem } from "./words";

export function CellText({ row, cell, t, name }: { row: PlanRow; cell: PlanCell; t: I18n["t"]; name: string }) {
  const tone = !isProblem(row, cell) ? "" : cell.status === "wrong" ? styles.cellWrong : styles.cellLook;
  const missing = cell.status === "wrong" && cell.text === "";
  return (
    <span
      className={`${styles.cell} ${tone}`}
      title={cell.changed && cell.old ? `${cell.old} → ${cell.text}` : undefined}
    >
      {missing ? (
        <span className={styles.missing}>{t("import.check.missing", { field: name })}</span>
      ) : (
        <span className={styles.text}>{cell.text || "—"}</span>
      )}
    </span>
  );
}
