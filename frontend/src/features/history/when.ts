import type { HistoryEntry } from "../../bridge/types/history";
import type { Language } from "../../i18n";

export interface Month {
  title: string;
  days: { entry: HistoryEntry; day: string }[];
}

const date = (text: string) => {
  const d = new Date(text);
  return Number.isNaN(d.getTime()) ? null : d;
};

// byMonth puts acts under their month; a day is named once.
export function byMonth(entries: readonly HistoryEntry[], language: Language): Month[] {
  const locale = language === "zh" ? "zh-CN" : "en";
  const month = new Intl.DateTimeFormat(locale, { year: "numeric", month: language === "zh" ? "long" : "short" });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric" });
  const out: Month[] = [];
  let last = "";
  for (const entry of entries) {
    const at = date(entry.author.at);
    const title = at ? month.format(at) : "";
    if (out.at(-1)?.title !== title) {
      out.push({ title, days: [] });
      last = "";
    }
    const named = at ? day.format(at) : "";
    out.at(-1)?.days.push({ entry, day: named === last ? "" : named });
    last = named;
  }
  return out;
}

// fullMoment names a moment in the past: 2026年6月30日 18:00.
export function fullMoment(text: string, language: Language): string {
  const at = date(text);
  if (!at) return "";
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    year: "numeric",
    month: language === "zh" ? "long" : "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

export interface Tick {
  // Where between the first act and now, 0 to 1.
  at: number;
  // How many acts stand there, for the height.
  count: number;
}

const slots = 240;

export function timeOf(entry: HistoryEntry | undefined): number {
  return entry ? (date(entry.author.at)?.getTime() ?? 0) : 0;
}

// ticks gathers acts that stand close together.
export function ticks(entries: readonly HistoryEntry[], now: number): Tick[] {
  const first = Math.min(now, ...entries.map(timeOf));
  const span = Math.max(1, now - first);
  const found = new Map<number, number>();
  for (const entry of entries) {
    const slot = Math.round(((timeOf(entry) - first) / span) * slots);
    found.set(slot, (found.get(slot) ?? 0) + 1);
  }
  return [...found].map(([slot, count]) => ({ at: Math.min(1, Math.max(0, slot / slots)), count }));
}
