import { describe, expect, test } from "vitest";
import { AppError, toAppError } from "./errors";

describe("toAppError (W1)", () => {
  const wire = '{"code":"denied","field":"bank","params":{"reason":"key","n":3},"ref":"a1b2"}';

  test.each([
    ["the string itself", wire],
    ["an Error that holds it", new Error(wire)],
  ])("reads %s", (_, thrown) => {
    const error = toAppError(thrown);
    expect(error).toMatchObject({ code: "denied", field: "bank", ref: "a1b2", params: { reason: "key", n: "3" } });
  });

  test.each([
    ["[object Object]"],
    [""],
    ["{"],
    ['{"code":"new_code"}'],
    [null],
    [undefined],
    [42],
    ["[]"],
    [new TypeError("x")],
  ])("calls %s internal", (thrown) => {
    expect(toAppError(thrown).code).toBe("internal");
  });

  test("keeps an AppError", () => {
    const error = new AppError("offline");
    expect(toAppError(error)).toBe(error);
  });
});
