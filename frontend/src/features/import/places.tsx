import type { ImportSheet, PlanRow } from "../../bridge/types/imports";
import type { I18n } from "../../i18n";
import type { GridColumn } from "../../ui/Grid";
import styles from "./MatchStep.module.css";

// Places says where a row stands, in an import of several sheets: there the
// number alone does not.
export interface Places {
  sheet: (row: Place) => string;
  // names says which sheets those are, all of one kind.
  names: (sheets: readonly number[]) => string;
  whole: (row: Place) => string;
}

type Place = Pick<PlanRow, "sheet" | "row">;

export function placesOf(sheets: readonly ImportSheet[], t: I18n["t"]): Places | null {
  const chosen = sheets.filter((s) => s.chosen);
  if (chosen.length < 2) return null;
  const of = (row: Place) => chosen.find((s) => s.index === row.sheet);
  const short = (s: ImportSheet) => (chosen.some((o) => o !== s && o.name === s.name) ? s.file : s.name || s.file);
  const long = (s: ImportSheet) =>
    s.name && s.name !== s.file && chosen.some((o) => o.file !== s.file) ? `${s.file} ${s.name}` : short(s);
  const say = (row: Place, how: (s: ImportSheet) => string) => {
    const sheet = of(row);
    return sheet ? how(sheet) : "";
  };
  return {
    sheet: (row) => say(row, short),
    names: (sheets) => {
      const name = say({ sheet: sheets[0] ?? 0, row: 0 }, long);
      return sheets.length > 1 ? t("import.columns.sheets", { name, n: sheets.length }) : name;
    },
    whole: (row) => t("import.check.place", { sheet: say(row, long), row: row.row }),
  };
}

// placeOf says where a row stands, in words that go into a sentence.
export function placeOf(t: I18n["t"], places: Places | null, row: Place): string {
  return places?.whole(row) ?? t("import.check.rowPlace", { row: row.row });
}

// placeColumn stands for the row number; a long name of a sheet is cut, never
// the number.
export function placeColumn(places: Places, t: I18n["t"]): GridColumn<PlanRow> {
  return {
    id: "place",
    title: t("import.check.where"),
    label: t("import.check.where"),
    width: 116,
    render: (row) => (
      <span className={styles.place} title={places.whole(row)}>
        <span>{places.sheet(row)}</span> {row.row}
      </span>
    ),
  };
}

export function rowNameOf(t: I18n["t"], places: Places | null, row: PlanRow, name: string): string {
  return places
    ? t("import.check.placeName", { place: places.whole(row), name })
    : t("import.check.rowName", { row: row.row, name });
}
