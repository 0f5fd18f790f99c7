import { expect, test } from "vitest";
import { schema } from "../../bridge/fake/schema";
import { defaultLayout, parseLayout, shown, unchosen } from "./layout";

test.each([[""], ["{"], ["null"], ["[1]"], ['{"columns":"x","row":1}']])(
  "what is no layout (%s) is the default",
  (text) => {
    expect(parseLayout(text)).toEqual(defaultLayout);
  },
);

test("keeps what was chosen and drops what the schema no longer has", () => {
  const text = JSON.stringify({
    columns: [
      { id: "city", width: 90 },
      { id: "gone", width: 80 },
    ],
    row: "compact",
    card: 9999,
  });
  const layout = parseLayout(text);
  expect(layout).toMatchObject({ row: "compact", card: 720, sort: defaultLayout.sort });
  expect(shown(layout, schema)).toEqual([{ id: "city", width: 90 }]);
});

test("columns count as chosen once one is moved, sized or left out", () => {
  const kept = parseLayout(JSON.stringify({ ...defaultLayout, row: "compact" }));
  expect(unchosen(kept)).toBe(true);
  const [first, second, ...rest] = defaultLayout.columns;
  if (!first || !second) throw new Error("no columns");
  expect(unchosen({ ...kept, columns: [second, first, ...rest] })).toBe(false);
  expect(unchosen({ ...kept, columns: [{ ...first, width: 200 }, second, ...rest] })).toBe(false);
  expect(unchosen({ ...kept, columns: [second, ...rest] })).toBe(false);
});
