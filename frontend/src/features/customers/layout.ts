import type { SchemaReply } from "../../bridge/types/customers";

// Layout is what a person chose for the list; it is kept with the settings as
// one text, so that a newer program can add to it.
export interface Layout {
  columns: readonly Column[];
  row: RowSize;
  sort: { field: string; desc: boolean };
  card: number;
}

export interface Column {
  id: string;
  width: number;
}

export type RowSize = "compact" | "default" | "roomy";

export const rowHeights: Record<RowSize, number> = { compact: 30, default: 36, roomy: 42 };
export const cardWidth = { smallest: 380, usual: 456, largest: 720 } as const;

export const defaultLayout: Layout = {
  columns: [
    { id: "stage", width: 100 },
    { id: "mobile", width: 136 },
    { id: "next_contact", width: 110 },
    { id: "contract_amount", width: 120 },
    { id: "level", width: 84 },
    { id: "owner", width: 104 },
    { id: "department", width: 110 },
    { id: "source", width: 110 },
    { id: "city", width: 96 },
    { id: "industry", width: 120 },
  ],
  row: "default",
  sort: { field: "next_contact", desc: false },
  card: cardWidth.usual,
};

// unchosen is true as long as nobody has chosen columns: of those that the
// program names, a narrow window shows the first ones.
export function unchosen({ columns }: Layout): boolean {
  const given = defaultLayout.columns;
  return (
    columns.length === given.length && columns.every((c, n) => c.id === given[n]?.id && c.width === given[n]?.width)
  );
}

// parseLayout takes what it understands and leaves the rest at its default.
export function parseLayout(text: string): Layout {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return defaultLayout;
  }
  if (typeof read !== "object" || read === null) return defaultLayout;
  const given = read as Partial<Record<keyof Layout, unknown>>;
  const columns = Array.isArray(given.columns) ? given.columns.filter(isColumn) : [];
  const sort = given.sort as Layout["sort"] | undefined;
  return {
    columns: columns.length > 0 ? columns : defaultLayout.columns,
    row: given.row === "compact" || given.row === "roomy" ? given.row : "default",
    sort: typeof sort?.field === "string" ? { field: sort.field, desc: sort.desc === true } : defaultLayout.sort,
    card: typeof given.card === "number" ? clampCard(given.card) : cardWidth.usual,
  };
}

function isColumn(c: unknown): c is Column {
  const column = c as Partial<Column> | null;
  return typeof column?.id === "string" && typeof column.width === "number" && column.width > 0;
}

export function clampCard(width: number): number {
  return Math.min(cardWidth.largest, Math.max(cardWidth.smallest, Math.round(width)));
}

// shown keeps the columns that the schema still has.
export function shown(layout: Layout, schema: SchemaReply): readonly Column[] {
  const known = new Set(schema.fields.map((f) => f.id));
  return layout.columns.filter((c) => known.has(c.id) && c.id !== "name");
}
