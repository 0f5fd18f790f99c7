import type { ReactNode } from "react";
import type { PlanOther, PlanReply, PlanRow } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";
import type { Pages } from "../../lib/usePages";
import { Chip } from "../../ui/Chip";
import { Grid, type GridColumn } from "../../ui/Grid";
import { changed } from "./MatchPane";
import styles from "./MatchStep.module.css";
import { type Places, placeColumn, placeOf, rowNameOf, Where } from "./places";
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
  const changes = (row: PlanRow) =>
    changed(row)
      .map((c) => fields.name(c.field))
      .join(t("import.join")) || "—";
  const last: Record<MatchKind, { id: Last; show: (row: PlanRow) => ReactNode }> = {
    updated: { id: "changes", show: (row) => <span className={styles.soft}>{changes(row)}</span> },
    merged: { id: "joined", show: (row) => <Others of={[row.joined]} places={places} /> },
    review: { id: "like", show: (row) => <Others of={row.review} places={places} /> },
  };
  return (
    <Grid
      label={t("import.matches.grid")}
      columns={[
        ...(places ? [placeColumn(places, t)] : []),
        column("customer", 180, (row) => <Customer row={row} />),
        // Of those that are to be reviewed nothing speaks clearly.
        ...(kind === "review" ? [] : [column("why", 136, (row) => <Evidence row={row} words={words} />)]),
        column(last[kind].id, kind === "review" ? 200 : 160, last[kind].show),
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

// Others names customers of the book and rows of the import: where a row stands
// has a line of its own, so that a long name does not hide it. A customer and the
// row that goes into it have one name.
function Others({ of, places }: { of: readonly PlanOther[]; places: Places | null }) {
  const { t } = useI18n();
  const rows = of.filter((o) => o.row > 0);
  const join = t("import.join");
  const names = [...new Set(of.map((o) => o.name))].join(join);
  const whole = rows.map((o) => placeOf(t, places, o)).join(join);
  return (
    <span className={styles.customer} title={[names, whole].filter(Boolean).join(" ")}>
      <span>{names}</span>
      {rows.length === 1 && rows[0] ? (
        <Where of={rows[0]} places={places} />
      ) : rows.length > 1 ? (
        <span className={styles.into}>{whole}</span>
      ) : null}
    </span>
  );
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
