import { useKeys } from "../../lib/keyboard";
import { useUndo } from "./useUndo";

interface Commands {
  search: () => void;
  create: () => void;
  filter: () => void;
  page: (() => void) | null;
  close: (() => void) | null;
  history: (() => void) | null;
  step: ((by: number) => void) | null;
  move: (by: number) => void;
  open: (() => void) | null;
}

// The single keys of UX.md 8 that are valid on this page.
export function usePageKeys(blocked: boolean, commands: Commands): void {
  const undo = useUndo();
  const may = (run: (() => void) | null) => () => (run ? run() : false);
  // The list takes these where nothing else has a use for them, so that it need
  // not be clicked first.
  const move = (by: number) => (event: KeyboardEvent) => free(event) && commands.move(by);
  const open = (event: KeyboardEvent) => event.target === document.body && may(commands.open)();
  useKeys(
    {
      "/": commands.search,
      n: commands.create,
      f: may(commands.page),
      h: may(commands.history),
      "2": may(commands.history),
      Escape: may(commands.close),
      j: may(commands.step ? () => commands.step?.(1) : null),
      k: may(commands.step ? () => commands.step?.(-1) : null),
      "ctrl+z": () => undo("undo"),
      "ctrl+shift+z": () => undo("redo"),
      "ctrl+f": commands.search,
      F6: cycleRegions,
      ArrowDown: move(1),
      ArrowUp: move(-1),
      Enter: open,
    },
    !blocked,
  );
}

// Nothing has the focus, or a link of the rail by which the page was opened.
function free({ target }: KeyboardEvent): boolean {
  return target === document.body || (target instanceof HTMLAnchorElement && target.closest("nav") !== null);
}

// F6 goes round rail, list and card.
function cycleRegions(): void {
  const regions = [
    ...document.querySelectorAll<HTMLElement>('nav a[aria-current="page"], [role="grid"], [data-region="card"]'),
  ];
  const at = regions.findIndex((r) => r.contains(document.activeElement));
  regions[(at + 1) % regions.length]?.focus();
}
