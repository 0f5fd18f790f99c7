type Listener = () => void;

const listeners = new Set<Listener>();

// openPalette is called by the rail and by Ctrl K; the palette listens.
export function openPalette(): void {
  for (const listen of listeners) listen();
}

export function onOpenPalette(listen: Listener): () => void {
  listeners.add(listen);
  return () => listeners.delete(listen);
}
