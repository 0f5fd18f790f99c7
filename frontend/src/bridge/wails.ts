import { type Bridge, remoteBridge } from "./bridge";
import type { Call } from "./call";
import { AppError, toAppError } from "./errors";
import type { Events, On } from "./events";

type Bound = Record<string, Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>>;

interface Runtime {
  EventsOn(name: string, listen: (...payload: unknown[]) => void): () => void;
  OnFileDrop?(listen: (x: number, y: number, paths: string[]) => void, useDropTarget: boolean): void;
  OnFileDropOff?(): void;
}

declare global {
  interface Window {
    go?: Bound;
    runtime?: Runtime;
  }
}

export function insideWails(): boolean {
  return window.go !== undefined && window.runtime !== undefined;
}

// wailsBridge calls the methods that the desktop window bound.
export function wailsBridge(): Bridge {
  const call: Call = async <R>(service: string, method: string, ...args: readonly unknown[]) => {
    const bound = window.go?.app?.[service]?.[method];
    if (!bound) throw new AppError("unsupported_version");
    try {
      return (await bound(...args)) as R;
    } catch (thrown) {
      throw toAppError(thrown);
    }
  };
  const on: On = (name, listen) =>
    window.runtime?.EventsOn(name, (payload) => listen(payload as Events[typeof name])) ?? (() => undefined);
  return remoteBridge(call, on, {
    upload: null,
    onDrop(listen) {
      window.runtime?.OnFileDrop?.((_x, _y, paths) => listen(paths), false);
      return () => window.runtime?.OnFileDropOff?.();
    },
    fetchWritten: null,
  });
}
