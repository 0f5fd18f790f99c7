import type { Filter, ListRequest } from "../../bridge/types/customers";
import { complete } from "./filters";
import type { Layout } from "./layout";

export type View = "all" | "conflicts" | "deleted";

// ListState is what the person asks of the list; columns and sorting stand in
// the layout.
export interface ListState {
  view: View;
  text: string;
  filters: readonly Filter[];
  batch: string;
}

export const everything: ListState = { view: "all", text: "", filters: [], batch: "" };

export const pageSize = 200;

// A condition that is still being written does not count yet.
export function listRequest(state: ListState, layout: Layout, fields: readonly string[]): ListRequest {
  const conflicts: Filter[] = state.view === "conflicts" ? [{ field: "*", op: "conflict", values: [] }] : [];
  return {
    text: state.text,
    filters: [...state.filters.filter(complete), ...conflicts],
    sort: layout.sort.field,
    desc: layout.sort.desc,
    fields: [...fields],
    offset: 0,
    limit: pageSize,
    batch: state.batch,
    deleted: state.view === "deleted",
  };
}

export function narrowed(state: ListState): boolean {
  return state.text !== "" || state.filters.some(complete) || state.batch !== "";
}
