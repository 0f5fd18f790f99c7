import type { RawRow } from "../../bridge/types/imports";

const narrow = 64;
const wide = 220;

// wider gives a column room for what the first rows hold.
export function wider(rows: readonly RawRow[], column: number): number {
  const longest = Math.max(
    0,
    ...rows
      .filter((r) => r.kind === "data" || r.kind === "header")
      .slice(0, 50)
      .map((r) => measure(r.cells[column] ?? "")),
  );
  return Math.min(wide, Math.max(narrow, longest + 24));
}

// A Chinese character is as wide as two others.
function measure(text: string): number {
  return [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0xff ? 13 : 7.5), 0);
}

// rowUnder is the number of the sheet's row at a place of the window, or 0.
export function rowUnder(x: number, y: number): number {
  const row = document.elementFromPoint(x, y)?.closest('[role="row"]');
  const index = Number(row?.getAttribute("aria-rowindex") ?? 0);
  return index > 1 ? index - 1 : 0;
}
