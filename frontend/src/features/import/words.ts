import type { PlanCause, PlanCell, PlanRow } from "../../bridge/types/imports";
import { useI18n } from "../../i18n";
import type { Fields } from "../../lib/useFields";

export interface Words {
  cause: (field: string, code: string) => string;
  // Why a cell is as it is, where there is more to say than its cause.
  why: (code: string) => string;
  tidied: (cause: PlanCause) => string;
  evidence: (why: string) => string;
}

// useWords turns the codes of a plan into the words of this window.
export function useWords(fields: Fields): Words {
  const { t, maybe } = useI18n();
  const part = (field: string) => maybe(`import.target.${field}`) ?? fields.name(field);
  return {
    cause: (field, code) =>
      maybe(`import.cause.${code}`, { field: part(field) }) ?? maybe(`flags.${code}`) ?? t("import.check.look"),
    why: (code) => maybe(`import.why.${code}`) ?? "",
    tidied: ({ field }) =>
      maybe(`import.tidied.${kindOf(fields.field(field)?.type ?? "")}`, { field: part(field) }) ??
      t("import.tidied.other", { field: part(field) }),
    evidence: (why) => maybe(`import.evidence.${why}`) ?? fields.name(why),
  };
}

function kindOf(type: string): string {
  if (type === "province" || type === "city" || type === "district") return "place";
  return type;
}

// isProblem: a person has to look at the cell. One that was kept has been looked
// at, and a row that changes nothing has nothing to repair.
export function isProblem(row: PlanRow, cell: PlanCell | undefined): cell is PlanCell {
  if (!cell || cell.kept || cell.code === "" || row.kind === "same") return false;
  return cell.status === "wrong" || cell.status === "look";
}

// rowState is what a row's mark says. The program decides which rows are not
// written; a row that it joined with another may have a wrong cell, or wait for
// that one.
export function rowState(row: PlanRow): "wrong" | "waits" | "look" | "fine" {
  const open = row.cells.filter((c) => isProblem(row, c));
  if (row.kind === "wrong") return row.joined.row > 0 && !open.some((c) => c.status === "wrong") ? "waits" : "wrong";
  return open.length > 0 ? "look" : "fine";
}

// problemAfter finds the next cell with a problem in a row, by its place among
// the fields; -1 when there is none.
export function problemAfter(row: PlanRow, from: number, step: 1 | -1 = 1): number {
  for (let i = from + step; i >= 0 && i < row.cells.length; i += step) {
    if (isProblem(row, row.cells[i])) return i;
  }
  return -1;
}
