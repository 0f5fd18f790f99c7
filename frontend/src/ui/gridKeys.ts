interface Place {
  row: number;
  column: number;
}

interface Size {
  rows: number;
  // 0 where no cell has the cursor: left and right are then the browser's, which scrolls.
  columns: number;
  page: number;
}

// moveInGrid says where a key leads, or nothing when the key does not move.
export function moveInGrid(
  event: { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean },
  at: Place,
  size: Size,
): Place | undefined {
  if (event.altKey || event.shiftKey || size.rows === 0) return undefined;
  const far = event.ctrlKey || event.metaKey;
  const row = (r: number) => ({ ...at, row: Math.min(size.rows - 1, Math.max(0, r)) });
  const column = (c: number) =>
    size.columns === 0 ? undefined : { ...at, column: Math.min(size.columns - 1, Math.max(0, c)) };
  switch (event.key) {
    case "ArrowDown":
      return row(far ? size.rows - 1 : at.row + 1);
    case "ArrowUp":
      return row(far ? 0 : at.row - 1);
    case "PageDown":
      return row(at.row + size.page);
    case "PageUp":
      return row(at.row - size.page);
    case "Home":
      return row(0);
    case "End":
      return row(size.rows - 1);
    case "ArrowRight":
      return column(at.column + 1);
    case "ArrowLeft":
      return column(at.column - 1);
    default:
      return undefined;
  }
}
