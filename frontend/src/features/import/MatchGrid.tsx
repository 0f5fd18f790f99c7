import type { PlanOther, PlanReply, PlanRow } from "../../bridge/types/imports";
import { type I18n, useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import type { Pages } from "../../lib/usePages";
import { Chip } from "../../ui/Chip";
import { Grid, type GridColumn } from "../../ui/Grid";
import { changed } from "./MatchPane";
import styles from "./MatchStep.module.css";
import { type Places, placeColumn, placeOf, rowNameOf } from "./places";
import { useWords, type Words } from "./words";

const rowHeight = 56;

interface Props {
  rows: Pages<PlanRow, PlanReply>;
  places: Places | null;
  kind: MatchKind;
  fields: Fields;
  active: number;
  onActive: (index: number) => void;
}

export type MatchKind = "updated" | "merged" | "review";

// Last is the last column: what matters most of a kind.
type Last = "changes" | "joined" | "like";

export function MatchGrid({ rows, places, kind, fields, active, onActive }: Props) {
  const { t } = useI18n();
  const words = useWords(fields);
  const column = (id: "customer" | "why" | Last, width: number, render: GridColumn<PlanRow>["render"]) => ({
    id,
    title: t(`import.matches.${id}`),
    label: t(`import.matches.${id}`),
    width,
    grow: id !== "why",
    render,
  });
  const last: Record<MatchKind, { id: Last; text: (row: PlanRow) => string }> = {
    updated: {
      id: "changes",
      text: (row) =>
        changed(row)
          .map((c) => fields.name(c.field))
          .join(t("import.join")) || "—",
    },
    merged: { id: "joined", text: (row) => otherOf(t, places, row.joined) },
    review: { id: "like", text: (row) => row.review.map((c) => otherOf(t, places, c)).join(t("import.join")) },
  };
  return (
    <Grid
      label={t("import.matches.grid")}
      columns={[
        ...(places ? [placeColumn(places, t)] : []),
        column("customer", 220, (row) => <Customer row={row} />),
        // Of those that are to be reviewed nothing speaks clearly.
        ...(kind === "review" ? [] : [column("why", 176, (row) => <Evidence row={row} words={words} />)]),
        column(last[kind].id, kind === "review" ? 260 : 180, (row) => (
          <span className={styles.soft}>{last[kind].text(row)}</span>
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

// otherOf names a customer of the book, or a row of the import with its place.
function otherOf(t: I18n["t"], places: Places | null, other: PlanOther): string {
  const { name, row } = other;
  return row > 0 ? t("import.matches.other", { name, place: placeOf(t, places, other) }) : name;
}

function Customer({ row }: { row: PlanRow }) {
  const { t } = useI18n();
  return (
    <span className={styles.customer}>
      <span>{nameOf(row)}</span>
      {row.intoName ? <span className={styles.into}>{t("import.matches.into", { name: row.intoName })}</span> : null}
    </span>
  );
}

function Evidence({ row, words }: { row: PlanRow; words: Words }) {
  const all = row.why.split(",").filter(Boolean);
  return (
    <span className={styles.evidence}>
      {all.map((why) => (
        <Chip key={why} tone="ok" title={words.evidence(why)}>
          <span className={styles.evidenceText}>{words.evidence(why)}</span>
        </Chip>
      ))}
    </span>
  );
}
