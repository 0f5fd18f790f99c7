import { expect, test } from "vitest";
import { schema } from "../../bridge/fake/schema";
import { defaultLayout, parseLayout, shown } from "./layout";

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
