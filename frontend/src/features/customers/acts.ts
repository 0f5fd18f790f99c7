// The acts of this window, so that Ctrl Z takes back the last one and Ctrl
// Shift Z does it again. Ids only. No fields means all of the change.
export interface Act {
  id: string;
  change: string;
  fields: string[];
}

const most = 100;
const done: Act[] = [];
const undone: Act[] = [];

function push(to: Act[], act: Act): void {
  to.push(act);
  if (to.length > most) to.shift();
}

// remember keeps an act; what was undone before it cannot be redone any more.
export function remember(act: Act): void {
  push(done, act);
  undone.length = 0;
}

export type Way = "undo" | "redo";

export function takeLast(way: Way): Act | undefined {
  return (way === "undo" ? done : undone).pop();
}

// turned keeps the change that took an act back, so that it can be taken back
// in its turn.
export function turned(way: Way, act: Act): void {
  push(way === "undo" ? undone : done, act);
}

export function forgetActs(): void {
  done.length = 0;
  undone.length = 0;
}
