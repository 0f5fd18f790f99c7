import type { PlanCell } from "../../bridge/types/imports";
import type { I18n } from "../../i18n";
import styles from "./CheckGrid.module.css";

export function CellText({ cell, t, name }: { cell: PlanCell; t: I18n["t"]; name: string }) {
  const tone =
    cell.code === "" ? "" : cell.status === "wrong" ? styles.cellWrong : cell.status === "look" ? styles.cellLook : "";
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
