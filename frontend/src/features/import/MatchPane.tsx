import type { PlanCell, PlanRow } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import styles from "./MatchStep.module.css";
import step from "./Step.module.css";

// changed are the cells that fill or replace what the book has.
export function changed(row: PlanRow): PlanCell[] {
  return row.kind === "updated" ? row.cells.filter((c) => c.changed) : [];
}

// MatchPane shows what a customer becomes: the book's value beside the file's.
export function MatchPane({ row, review, fields }: { row: PlanRow; review: boolean; fields: Fields }) {
  const { t } = useI18n();
  const into = row.intoName !== "";
  return (
    <aside className={`${step.side} ${step.wide}`} aria-label={t("import.matches.paneTitle")}>
      <h2 className={step.heading}>{t("import.matches.paneTitle")}</h2>
      <p className={styles.lead}>{t(review ? "import.matches.reviewPane" : "import.matches.paneLead")}</p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t("import.matches.field")}</th>
            {into ? <th>{t("import.matches.book")}</th> : null}
            <th>{t("import.matches.file", { n: row.row })}</th>
          </tr>
        </thead>
        <tbody>
          {row.cells
            .filter((c) => c.text !== "")
            .map((c) => (
              <Line key={c.field} cell={c} into={into} name={fields.name(c.field)} />
            ))}
        </tbody>
      </table>
      {row.cells.some((c) => c.sealed) ? <p className={styles.lead}>{t("import.matches.masked")}</p> : null}
    </aside>
  );
}

function Line({ cell, into, name }: { cell: PlanCell; into: boolean; name: string }) {
  if (!into)
    return (
      <tr>
        <th scope="row">{name}</th>
        <td>{cell.text}</td>
      </tr>
    );
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={cell.changed && cell.old ? styles.loses : ""}>{cell.old || "—"}</td>
      <td className={cell.changed ? styles.wins : ""}>{cell.text}</td>
    </tr>
  );
}
