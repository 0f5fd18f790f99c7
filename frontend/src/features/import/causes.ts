import type { PlanCause } from "../../bridge/types/imports";

// shareCauses parts what must be changed, for which rows are not written, from
// what is only to be looked at. A cause counts rows in the one part and the
// cells that are left in the other.
export function shareCauses(causes: readonly PlanCause[]) {
  const must = causes.filter((c) => c.rows > 0).map((c) => ({ ...c, count: c.rows }));
  const look = causes.filter((c) => c.count > c.rows).map((c) => ({ ...c, count: c.count - c.rows, wrong: false }));
  return { must, look };
}

// steady keeps the lines of causes where they stood: what was repaired stays in
// its place with a count of zero, so that the next one does not come under the
// mouse, and what is new stands last.
export function steady(before: readonly PlanCause[], now: readonly PlanCause[]): PlanCause[] {
  const same = (a: PlanCause) => (b: PlanCause) => a.field === b.field && a.code === b.code;
  const stay = before.map((line) => now.find(same(line)) ?? { ...line, count: 0 });
  return [...stay, ...now.filter((cause) => !before.some(same(cause)))];
}

// textsOf names each cause; the field stands before a sentence that two fields have.
export function textsOf(
  causes: readonly PlanCause[],
  say: (field: string, code: string) => string,
  named: (field: string, text: string) => string,
): string[] {
  const texts = causes.map((c) => say(c.field, c.code));
  const twice = (text: string, field: string) => causes.some((c, n) => texts[n] === text && c.field !== field);
  return causes.map(({ field }, n) => {
    const text = texts[n] ?? "";
    return twice(text, field) ? named(field, text) : text;
  });
}

// byField adds up what was tidied in one field: how it was done is a detail.
export function byField(causes: readonly PlanCause[]): PlanCause[] {
  const out = new Map<string, PlanCause>();
  for (const cause of causes) {
    const known = out.get(cause.field);
    out.set(cause.field, { ...cause, code: "", count: cause.count + (known?.count ?? 0) });
  }
  return [...out.values()].sort((a, b) => b.count - a.count);
}
