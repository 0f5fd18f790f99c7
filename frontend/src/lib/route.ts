import { useMemo, useSyncExternalStore } from "react";

// Where the window is: "#/customers/ID/history". The hash gives back and
// forward (Alt and arrows, mouse buttons) without a router, and holds ids only.
export const pages = ["customers", "review", "import", "history", "settings"] as const;

export type PageName = (typeof pages)[number];

export interface Route {
  page: PageName;
  path: readonly string[];
}

export function parseRoute(hash: string): Route {
  const [first, ...path] = hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  const page = pages.find((p) => p === first);
  return page ? { page, path } : { page: "customers", path: [] };
}

export function routeHash(page: PageName, ...path: readonly string[]): string {
  return `#/${[page, ...path].map(encodeURIComponent).join("/")}`;
}

export function go(page: PageName, ...path: readonly string[]): void {
  window.location.hash = routeHash(page, ...path);
}

// goReplace leaves no step for "back", for moving along a list.
export function goReplace(page: PageName, ...path: readonly string[]): void {
  window.history.replaceState(null, "", routeHash(page, ...path));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}
