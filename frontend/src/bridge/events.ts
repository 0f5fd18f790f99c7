// Events say that something changed, never what: the window asks again. They
// may come late, twice or out of order (W18 and the notes beside it).
export interface Change {
  revision: number;
  ids?: string[];
}

export interface Events {
  "customers:changed": Change;
  "conflicts:changed": Change;
  "rejected:changed": Change;
  "sync:status": Change;
  "start:changed": Change;
  "import:progress": Change & { job: string };
}

export type EventName = keyof Events;

export const eventNames = [
  "customers:changed",
  "conflicts:changed",
  "rejected:changed",
  "sync:status",
  "start:changed",
  "import:progress",
] as const satisfies readonly EventName[];

// on listens until the function it returns is called.
export type On = <N extends EventName>(name: N, listen: (payload: Events[N]) => void) => () => void;

// eventHub keeps listeners; the transports feed it.
export function eventHub(): { on: On; emit: <N extends EventName>(name: N, payload: Events[N]) => void } {
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  return {
    on(name, listen) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listen);
      return () => set.delete(listen);
    },
    emit(name, payload) {
      for (const listen of listeners.get(name) ?? []) (listen as (p: typeof payload) => void)(payload);
    },
  };
}
