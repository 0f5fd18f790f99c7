import { afterEach, expect, test, vi } from "vitest";
import { insideWails, wailsBridge } from "./wails";

afterEach(() => {
  delete window.go;
  delete window.runtime;
});

test("calls the bound method and passes its reply", async () => {
  const get = vi.fn(async (id: unknown) => ({ id }));
  window.go = { app: { Customers: { Get: get } } };
  window.runtime = Object.fromEntries([["EventsOn", () => () => undefined]]) as unknown as NonNullable<
    typeof window.runtime
  >;
  expect(insideWails()).toBe(true);
  await expect(wailsBridge().customers.get("c9")).resolves.toEqual({ id: "c9" });
  expect(get).toHaveBeenCalledWith("c9");
});

test("reads an error that the runtime wrapped (W1)", async () => {
  const failing = vi.fn().mockRejectedValue(new Error('{"code":"not_found","ref":"r"}'));
  window.go = { app: { Customers: { Get: failing } } };
  await expect(wailsBridge().customers.get("c9")).rejects.toMatchObject({ code: "not_found" });
});

test("a method that an older program lacks is said to be so", async () => {
  window.go = { app: {} };
  await expect(wailsBridge().customers.get("c9")).rejects.toMatchObject({ code: "unsupported_version" });
});
