// A signal lets one part of the window open another that it may not import.
export interface Signal {
  send: () => void;
  on: (listen: () => void) => () => void;
}

export function signal(): Signal {
  const listeners = new Set<() => void>();
  return {
    send: () => {
      for (const listen of listeners) listen();
    },
    on: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
}

// The page of keys: "?" and the palette open it.
export const keysPage = signal();
