import { expect, test } from "vitest";
import { parseRoute, routeHash } from "./route";

test.each([
  ["", "customers", []],
  ["#/customers/c1/page", "customers", ["c1", "page"]],
  ["#/review/conflicts/c1/mobile", "review", ["conflicts", "c1", "mobile"]],
  ["#/nowhere/c1", "customers", []],
])("the address %s", (hash, page, path) => {
  expect(parseRoute(hash)).toEqual({ page, path });
});

test("a name in the address comes back as it was", () => {
  const hash = routeHash("customers", "search", "苏州/恒锐 100%");
  expect(parseRoute(hash).path).toEqual(["search", "苏州/恒锐 100%"]);
});
