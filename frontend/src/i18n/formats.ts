import type { Language } from "./index";

// The formats of UX.md 4.3. Values of fields come formatted from Go; these are
// for counts, times and distances that only the window knows.
export interface Formats {
  count: (n: number) => string;
  bytes: (n: number) => string;
  // 2.4 秒, from a minute on 3 分 8 秒 / 2.4 s, 3 min 8 s.
  span: (millis: number) => string;
  // 14:32, own time zone.
  time: (rfc3339: string) => string;
  // 2026-11-18 09:12, for the past where order matters.
  moment: (rfc3339: string) => string;
  // 今天, 明天, 昨天, 逾期 3 天; 11-24 this year; else 2025-11-24.
  day: (date: string) => string;
  // 11月25日 18:00 / Nov 25, 18:00, for when something ends.
  until: (rfc3339: string) => string;
}

const dayMillis = 86_400_000;

export function formats(language: Language, now: () => Date): Formats {
  const locale = language === "zh" ? "zh-CN" : "en-US";
  const number = new Intl.NumberFormat("en-US");
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const short = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric" });
  const long = new Intl.DateTimeFormat(locale, { month: language === "zh" ? "long" : "short", day: "numeric" });
  const clock = (d: Date) => time.format(d);
  const iso = (d: Date) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const valid = (text: string, show: (d: Date) => string) => {
    const d = new Date(text);
    return text === "" || Number.isNaN(d.getTime()) ? "" : show(d);
  };
  return {
    count: (n) => number.format(n),
    bytes: (n) => (n < 1e6 ? `${number.format(Math.ceil(n / 1e3))} KB` : `${number.format(Math.round(n / 1e6))} MB`),
    span(millis) {
      const [minute, second] = language === "zh" ? ["分", "秒"] : ["min", "s"];
      const whole = Math.round(millis / 1000);
      return whole < 60
        ? `${Math.max(0.1, millis / 1000).toFixed(1)} ${second}`
        : `${Math.floor(whole / 60)} ${minute} ${whole % 60} ${second}`;
    },
    time: (text) => valid(text, clock),
    moment: (text) => valid(text, (d) => `${iso(d)} ${clock(d)}`),
    until: (text) =>
      valid(text, (d) => (language === "zh" ? `${long.format(d)} ${clock(d)}` : `${long.format(d)}, ${clock(d)}`)),
    day(date) {
      const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
      if (!parts) return date;
      const d = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
      const word = near(language, distance(d, now()));
      if (word) return word;
      if (d.getFullYear() !== now().getFullYear()) return date;
      return language === "zh" ? `${parts[2]}-${parts[3]}` : short.format(d);
    },
  };
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

// distance in calendar days, positive in the future.
export function distance(day: Date, now: Date): number {
  const noon = (d: Date) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((noon(day) - noon(now)) / dayMillis);
}

function near(language: Language, days: number): string | undefined {
  const words: Record<number, readonly [string, string]> = {
    0: ["今天", "Today"],
    1: ["明天", "Tomorrow"],
    [-1]: ["昨天", "Yesterday"],
  };
  return words[days]?.[language === "zh" ? 0 : 1];
}
