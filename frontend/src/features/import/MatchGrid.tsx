import type { PlanReply, PlanRow } from "../../bridge/types/imports";
import { type I18n, useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import type { Pages } from "../../lib/usePages";
import { Chip } from "../../ui/Chip";
import { Grid, type GridColumn } from "../../ui/Grid";
import { changed } from "./MatchPane";
import styles from "./MatchStep.module.css";
import { type Places, placeColumn, rowNameOf } from "./places";
import { useWords, type Words } from "./words";

const rowHeight = 56;

interface Props {
  rows: Pages<PlanRow, PlanReply>;
  places: Places | null;
  review: boolean;
  fields: Fields;
  active: number;
  onActive: (index: number) => void;
}

export function MatchGrid({ rows, places, review, fields, active, onActive }: Props) {
  const { t } = useI18n();
  const words = useWords(fields);
  const column = (id: "customer" | "why" | "changes", width: number, render: GridColumn<PlanRow>["render"]) => ({
    id,
    title: t(`import.matches.${id}`),
    label: t(`import.matches.${id}`),
    width,
    grow: id !== "why",
    render,
  });
  return (
    <Grid
      label={t("import.matches.grid")}
      columns={[
        ...(places ? [placeColumn(places, t)] : []),
        column("customer", 260, (row) => <Customer row={row} />),
        column("why", 150, (row) => <Evidence row={row} review={review} words={words} />),
        column("changes", 180, (row) => (
          <span className={styles.soft}>
            {changed(row)
              .map((c) => fields.name(c.field))
              .join(t("import.join")) || "—"}
          </span>
        )),
      ]}
      rowCount={rows.first?.total ?? 0}
      rowAt={rows.rowAt}
      rowHeight={rowHeight}
      rowName={(row) => rowNameOf(t, places, row, nameOf(row))}
      {...(places ? {} : { rowNumber: (row: PlanRow | undefined) => row?.row ?? "" })}
      active={active}
      onActive={onActive}
      onRange={rows.onRange}
    />
  );
}

function nameOf(row: PlanRow): string {
  return row.cells.find((c) => c.field === "name")?.text ?? "";
}

// likes names the customers that the row may be about.
function likes(t: I18n["t"], row: PlanRow): string {
  return row.review.map((c) => c.name).join(t("import.join"));
}

function Customer({ row }: { row: PlanRow }) {
  const { t } = useI18n();
  return (
    <span className={styles.customer}>
      <span>{nameOf(row)}</span>
      {row.intoName ? <span className={styles.into}>{t("import.matches.into", { name: row.intoName })}</span> : null}
      {row.review.length > 0 ? (
        <span className={styles.into}>{t("import.matches.like", { names: likes(t, row) })}</span>
      ) : null}
    </span>
  );
}

function Evidence({ row, review, words }: { row: PlanRow; review: boolean; words: Words }) {
  const all = row.why.split(",").filter(Boolean);
  return (
    <>
      {all.map((why) => (
        <Chip key={why} tone={review ? "warn" : "ok"}>
          {words.evidence(why)}
        </Chip>
      ))}
    </>
  );
}
