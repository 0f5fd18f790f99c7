import type { ImportSheet, PlanRow } from "../../bridge/types/imports";
import { type I18n, useI18n } from "../../i18n";
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
type Sheet = Pick<ImportSheet, "index" | "file" | "name">;

export function placesOf(sheets: readonly ImportSheet[], t: I18n["t"]): Places | null {
  return placesAmong(
    sheets.filter((s) => s.chosen),
    t,
  );
}

// placesAmong is placesOf for the sheets that rows were taken from.
export function placesAmong(chosen: readonly Sheet[], t: I18n["t"]): Places | null {
  if (chosen.length < 2) return null;
  const of = (row: Place) => chosen.find((s) => s.index === row.sheet);
  const short = (s: Sheet) => (chosen.some((o) => o !== s && o.name === s.name) ? s.file : s.name || s.file);
  const long = (s: Sheet) =>
    s.name && s.name !== s.file && chosen.some((o) => o.file !== s.file) ? `${s.file} ${s.name}` : short(s);
  const say = (row: Place, how: (s: Sheet) => string) => {
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

// Where shows it in little room: a long name of a sheet is cut, never the number.
export function Where({ of, places }: { of: Place; places: Places | null }) {
  const { t } = useI18n();
  return (
    <span className={styles.place} title={placeOf(t, places, of)}>
      {places ? (
        <>
          <span>{places.sheet(of)}</span> {of.row}
        </>
      ) : (
        placeOf(t, places, of)
      )}
    </span>
  );
}

// placeColumn stands for the row number.
export function placeColumn<R extends Place>(places: Places, t: I18n["t"]): GridColumn<R> {
  return {
    id: "place",
    title: t("import.check.where"),
    label: t("import.check.where"),
    width: 116,
    render: (row) => (row.row > 0 ? <Where of={row} places={places} /> : null),
  };
}

export function rowNameOf(t: I18n["t"], places: Places | null, row: Place, name: string): string {
  return places
    ? t("import.check.placeName", { place: places.whole(row), name })
    : t("import.check.rowName", { row: row.row, name });
}
