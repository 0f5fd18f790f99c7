import { describe, expect, test } from "vitest";
import { makeI18n } from "./index";

const now = () => new Date(2026, 10, 18, 14, 32);
const zh = makeI18n("zh", now);
const en = makeI18n("en", now);

describe("texts", () => {
  test("fill in numbers with separators", () => {
    expect(zh.t("customers.foot.count", { n: 100268 })).toBe("100,268 位客户");
  });

  test("choose the form of a number in English", () => {
    expect(en.t("customers.card.moreValues", { n: 1 })).toBe("1 more value");
    expect(en.t("customers.card.moreValues", { n: 2 })).toBe("2 more values");
  });

  test("a blank parts digits from characters and not characters from characters", () => {
    expect(zh.t("import.before", { day: "11-18" })).toBe("这个文件 11-18 导入过。");
    expect(zh.t("import.before", { day: "今天" })).toBe("这个文件今天导入过。");
    expect(zh.t("import.undo.edited", { member: "Li Wei", day: "昨天", field: "地址" })).toBe("Li Wei 昨天改了地址");
    expect(en.t("import.undo.edited", { member: "陈静", day: "Today", field: "地址" })).toBe(
      "陈静 changed 地址, today",
    );
  });

  test("a day within an English sentence is no beginning of one", () => {
    expect(en.t("import.before", { day: "Today" })).toBe("This file was imported before: today.");
    expect(en.t("import.before", { day: "Nov 18" })).toBe("This file was imported before: Nov 18.");
    expect(en.t("history.noneMade", { day: "Yesterday", member: "李强" })).toBe(
      "Yesterday: made by 李强, not changed since.",
    );
  });

  test("tell when a key made at run time has no text", () => {
    expect(zh.maybe("flags.no_such_flag")).toBeUndefined();
    expect(zh.maybe("flags")).toBeUndefined();
  });
});

describe("formats (UX.md 4.3)", () => {
  test.each([
    ["2026-11-18", "今天", "Today"],
    ["2026-11-19", "明天", "Tomorrow"],
    ["2026-11-17", "昨天", "Yesterday"],
    ["2026-11-24", "11-24", "Nov 24"],
    ["2025-11-24", "2025-11-24", "2025-11-24"],
    ["待核", "待核", "待核"],
  ])("the day %s", (date, chinese, english) => {
    expect(zh.day(date)).toBe(chinese);
    expect(en.day(date)).toBe(english);
  });

  test("how long something took is told in minutes from one on", () => {
    expect([zh.span(2449), en.span(2449), zh.span(187_500), en.span(59_700)]).toEqual([
      "2.4 秒",
      "2.4 s",
      "3 分 8 秒",
      "1 min 0 s",
    ]);
  });

  test("times are in the own zone, on 24 hours", () => {
    const at = new Date(2026, 10, 18, 9, 2).toISOString();
    expect(zh.time(at)).toBe("09:02");
    expect(zh.moment(at)).toBe("2026-11-18 09:02");
    expect(zh.until(at)).toBe("11月18日 09:02");
    expect(zh.time("")).toBe("");
    expect(zh.moment("no time")).toBe("");
  });
});
