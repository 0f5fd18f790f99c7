import { Select } from "antd";
import { type KeyboardEvent, useState } from "react";
import type { UndoReply, UndoRow } from "../../bridge/types/undo";
import { type I18n, useI18n } from "../../i18n";
import { useDayOf } from "../../lib/useDayOf";
import { useFields } from "../../lib/useFields";
import type { Pages } from "../../lib/usePages";
import { Grid, type GridColumn } from "../../ui/Grid";
import { placeColumn, placesAmong, rowNameOf } from "./places";
import styles from "./UndoPage.module.css";

const rowHeight = 36;

interface Props {
  pages: Pages<UndoRow, UndoReply>;
  kept: boolean;
  denied: boolean;
  force: readonly string[];
  onForce: (id: string, on: boolean) => void;
}

// UndoGrid lists customers with what the undo does; of kept ones it says who
// worked on them since. Space switches the choice of the row, so that Tab need
// not go through all of them.
export function UndoGrid({ pages, kept, denied, force, onForce }: Props) {
  const { t } = useI18n();
  const dayOf = useDayOf();
  const fields = useFields();
  const [active, setActive] = useState(0);
  const why = (row: UndoRow) => whyKept(t, row, fields.name(row.field), row.by ? dayOf(row.by.at) : "");
  const may = (row: UndoRow) => !denied && row.mayForce;
  const column = (
    id: "customer" | "why" | "imported" | "now" | "what",
    width: number,
    render: GridColumn<UndoRow>["render"],
  ) => ({
    id,
    title: t(`import.undo.${id}`),
    label: t(`import.undo.${id}`),
    width,
    grow: id !== "what",
    render,
  });
  const soft = (text: string) => <span className={styles.soft}>{text}</span>;
  const places = placesAmong(pages.first?.sheets ?? [], t);
  const name = (row: UndoRow) => [row.name, kept ? why(row) : ""].filter(Boolean).join(t("import.join"));
  const all = [
    ...(places ? [{ ...placeColumn<UndoRow>(places, t), width: kept ? 160 : 260 }] : []),
    column("customer", 220, (row) => <span className={styles.clip}>{row.name}</span>),
    // Only of what somebody edited since there are two values.
    ...(kept
      ? [
          column("why", 200, (row) => soft(why(row))),
          column("imported", 110, (row) => soft(row.imported || "—")),
          column("now", 180, (row) => <span className={styles.clip}>{row.now || "—"}</span>),
        ]
      : []),
    ...(kept && !denied
      ? [
          column("what", 150, (row) => (
            <Select
              className={styles.choice ?? ""}
              size="small"
              tabIndex={-1}
              disabled={!may(row)}
              aria-label={t("import.undo.choice", { name: row.name })}
              value={force.includes(row.id) ? "force" : "keep"}
              options={[
                { value: "keep", label: t("import.undo.keep") },
                { value: "force", label: t("import.undo.force") },
              ]}
              onChange={(value) => onForce(row.id, value === "force")}
            />
          )),
        ]
      : []),
  ];
  const press = (event: KeyboardEvent, index: number) => {
    const row = pages.rowAt(index);
    if (event.key !== " " || !kept || !row || !may(row) || event.target !== event.currentTarget) return;
    event.preventDefault();
    onForce(row.id, !force.includes(row.id));
  };
  return (
    <Grid
      label={t("import.undo.tabs")}
      columns={all}
      rowCount={pages.first?.total ?? 0}
      rowAt={pages.rowAt}
      rowHeight={rowHeight}
      rowName={(row) => (places && row.row > 0 ? rowNameOf(t, places, row, name(row)) : name(row))}
      {...(places ? {} : { rowNumber: (row: UndoRow | undefined) => row?.row || "" })}
      active={active}
      onActive={setActive}
      onRange={pages.onRange}
      onKey={press}
    />
  );
}

function whyKept(t: I18n["t"], row: UndoRow, field: string, day: string): string {
  const member = row.by?.member || t("import.undo.someone");
  if (row.why === "denied") return t("import.undo.denied");
  if (row.why === "merged") return t("import.undo.merged", { member, day });
  return row.field ? t("import.undo.edited", { member, day, field }) : t("import.undo.editedOther", { member, day });
}
