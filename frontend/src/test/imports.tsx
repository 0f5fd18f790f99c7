import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect } from "vitest";
import { type FakeBridge, fakeBridge } from "../bridge/fake/fake";
import { ImportPage } from "../features/import/ImportPage";
import { useRoute } from "../lib/route";
import { renderOn } from "./render";

export function Routed() {
  const route = useRoute();
  return route.page === "import" ? <ImportPage path={route.path} /> : null;
}

// atImports begins each test of a file at the imports.
export function atImports() {
  beforeEach(() => {
    window.location.hash = "#/import";
  });
}

export async function opened(path: string, customers = 30): Promise<FakeBridge & { job: string }> {
  const bridge = fakeBridge({ customers });
  const { job } = await bridge.imports.open(path);
  window.location.hash = `#/import/${job}`;
  return { ...bridge, job };
}

export async function planned(path: string, customers = 30) {
  const bridge = await opened(path, customers);
  await bridge.imports.columns(bridge.job);
  await bridge.imports.plan(bridge.job);
  await waitFor(async () => expect((await bridge.imports.view(bridge.job)).phase).toBe("check"));
  const view = renderOn(<Routed />, { bridge });
  const grid = await screen.findByRole("grid", { name: "检查结果" });
  return { ...view, bridge, grid };
}

export const step = () => document.querySelector('[aria-current="step"]')?.textContent ?? "";
