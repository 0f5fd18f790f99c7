import { expect, test } from "vitest";
import { moveInGrid } from "./gridKeys";

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const size = { rows: 100, columns: 4, page: 20 };

test.each([
  ["ArrowDown", { row: 51, column: 1 }],
  ["ArrowUp", { row: 49, column: 1 }],
  ["PageDown", { row: 70, column: 1 }],
  ["Home", { row: 0, column: 1 }],
  ["End", { row: 99, column: 1 }],
  ["ArrowRight", { row: 50, column: 2 }],
  ["ArrowLeft", { row: 50, column: 0 }],
])("%s", (key, to) => {
  expect(moveInGrid({ ...plain, key }, { row: 50, column: 1 }, size)).toEqual(to);
});

test("stops at the ends", () => {
  expect(moveInGrid({ ...plain, key: "ArrowDown" }, { row: 99, column: 3 }, size)).toEqual({ row: 99, column: 3 });
  expect(moveInGrid({ ...plain, key: "ArrowUp" }, { row: -1, column: 0 }, size)).toEqual({ row: 0, column: 0 });
});

test("leaves other keys alone", () => {
  expect(moveInGrid({ ...plain, key: "n" }, { row: 0, column: 0 }, size)).toBeUndefined();
  expect(moveInGrid({ ...plain, key: "ArrowLeft", altKey: true }, { row: 0, column: 0 }, size)).toBeUndefined();
  expect(moveInGrid({ ...plain, key: "ArrowDown" }, { row: 0, column: 0 }, { ...size, rows: 0 })).toBeUndefined();
});

test("leaves left and right to the browser where no cell has the cursor", () => {
  expect(moveInGrid({ ...plain, key: "ArrowRight" }, { row: 3, column: 0 }, { ...size, columns: 0 })).toBeUndefined();
  expect(moveInGrid({ ...plain, key: "ArrowDown" }, { row: 3, column: 0 }, { ...size, columns: 0 })?.row).toBe(4);
});
