import { useEffect, useState } from "react";
import type { StartState } from "../../bridge/types/start";
import { useKeys } from "../../lib/keyboard";
import { onOpenPalette } from "./open";
import styles from "./Palette.module.css";
import { PaletteBox } from "./PaletteBox";

// Palette opens by Ctrl K from any screen and gives the focus back.
export function Palette(props: { state: StartState; onNarrow: () => void }) {
  const [open, setOpen] = useState(false);
  useEffect(() => onOpenPalette(() => setOpen(true)), []);
  useKeys({ "ctrl+k": () => setOpen((on) => !on) });
  if (!open) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the palette closes it; Esc does the same
    <div className={styles.scrim} onMouseDown={(event) => event.target === event.currentTarget && setOpen(false)}>
      <PaletteBox {...props} onClose={() => setOpen(false)} />
    </div>
  );
}
