import { expect, type Page } from "@playwright/test";
import { call, type Desk } from "../fixtures/programs";
import type { Keys } from "./keys";

export interface List {
  total: number;
  rows: { id: string; name: string; cells: { text: string; conflicts: number }[] }[];
}

interface Ask {
  text?: string;
  fields?: readonly string[];
  offset?: number;
  limit?: number;
  batch?: string;
}

// list asks for customers as the page does.
export function list(page: Page, ask: Ask): Promise<List> {
  const all = { text: "", filters: [], fields: [], sort: "", desc: false, offset: 0, limit: 500, batch: "" };
  return call<List>(page, "Customers/List", { ...all, ...ask, deleted: false });
}

export async function total(page: Page, batch = ""): Promise<number> {
  return (await list(page, { batch, limit: 0 })).total;
}

// find opens the card of a customer by searching for its name.
export async function find(desk: Desk, keys: Keys, name: string, timeout: number): Promise<void> {
  await desk.page.getByRole("grid").first().waitFor();
  await keys.press("/");
  await keys.has(/搜索/);
  await keys.press("Control+a");
  await keys.type(name);
  await expect(desk.page.getByRole("row", { name: new RegExp(name) })).toHaveCount(1, { timeout });
  await keys.press("ArrowDown");
  await keys.press("Enter");
  await expect(desk.page.getByRole("heading", { name: new RegExp(name) })).toBeVisible();
}
