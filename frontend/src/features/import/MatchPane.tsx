import type { PlanCell, PlanRow } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import styles from "./MatchStep.module.css";
import { type Places, placeOf } from "./places";
import step from "./Step.module.css";

// changed are the cells that fill or replace what the book has.
export function changed(row: PlanRow): PlanCell[] {
  return row.kind === "updated" ? row.cells.filter((c) => c.changed) : [];
}

// MatchPane shows what a customer becomes: the book's value beside the file's. Of
// a row that is one customer with another of the file it shows the row.
export function MatchPane(props: { row: PlanRow; places: Places | null; review: boolean; fields: Fields }) {
  const { row, places, review, fields } = props;
  const { t } = useI18n();
  const into = row.intoName !== "";
  const inFile = row.kind === "merged" && !into;
  const title = t(inFile || (review && !into) ? "import.matches.inFileTitle" : "import.matches.paneTitle");
  const lead = inFile ? "import.matches.inFilePane" : "import.matches.paneLead";
  const cells = row.cells.filter((c) => c.text !== "");
  // The row's own values stand in full; what the book has of a sealed field does not.
  const masked = into && cells.some((c) => c.sealed && c.old !== "");
  return (
    <aside className={`${step.side} ${step.wide}`} aria-label={title}>
      <h2 className={step.heading}>{title}</h2>
      <p className={styles.lead}>
        {t(review ? "import.matches.reviewPane" : lead, { place: placeOf(t, places, row.joined) })}
      </p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t("import.matches.field")}</th>
            {into ? <th>{t("import.matches.book")}</th> : null}
            <th>{places?.whole(row) ?? t("import.matches.file", { n: row.row })}</th>
          </tr>
        </thead>
        <tbody>
          {cells.map((c) => (
            <Line key={c.field} cell={c} into={into} name={fields.name(c.field)} />
          ))}
        </tbody>
      </table>
      {masked ? <p className={styles.lead}>{t("import.matches.masked")}</p> : null}
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
