import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readTokens, type ThemeName } from "./tokens";

const source = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");

// Text must be readable on what it stands on: 4.5:1 (WCAG 2.2 AA, UX.md 3.1).
const pairs: [text: string, ground: string][] = [
  ...["canvas", "surface", "raised", "hover", "selected", "sunken", "chip"].flatMap((ground): [string, string][] => [
    ["ink", ground],
    ["ink2", ground],
  ]),
  ["ink3", "surface"],
  ["ink3", "canvas"],
  ["ink3", "hover"],
  ["ink3", "selected"],
  ["ink3", "sunken"],
  ["accent", "surface"],
  ["accent", "selected"],
  ["accent", "canvas"],
  ["on-fill", "fill"],
  ["on-fill", "fill-hover"],
  ["sealed", "sealed-tint"],
  ["plum", "plum-tint"],
  ["ok", "ok-tint"],
  ["warn", "warn-tint"],
  ["bad", "bad-tint"],
  ["warn", "surface"],
  ["bad", "surface"],
  ["ok", "surface"],
  ["bad", "selected"],
  ["warn", "selected"],
];

function luminance(hex: string): number {
  const part = (at: number) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

function ratio(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

describe.each(["light", "dark"] as const)("%s", (theme: ThemeName) => {
  const tokens = readTokens(theme, source);
  test.each(pairs)("%s on %s is at least 4.5:1", (text, ground) => {
    const [a, b] = [tokens[text], tokens[ground]];
    expect(a, text).toMatch(/^#[0-9A-F]{6}$/i);
    expect(b, ground).toMatch(/^#[0-9A-F]{6}$/i);
    expect(ratio(a ?? "", b ?? "")).toBeGreaterThanOrEqual(4.5);
  });

  test("every colour of the light theme has a dark one", () => {
    const light = readTokens("light", source);
    const same = Object.entries(light).filter(
      ([name, value]) => value.startsWith("#") && readTokens("dark", source)[name] === value,
    );
    expect(same.map(([name]) => name)).toEqual(["on-fill", "stage-1"]);
  });
});

test("the contrast measure knows its extremes", () => {
  expect(ratio("#000000", "#FFFFFF")).toBeCloseTo(21);
  expect(ratio("#777777", "#777777")).toBe(1);
});
