import { createContext, type ReactNode, useContext, useMemo } from "react";
import { en, type Tree, zh } from "./catalogue";
import { type Formats, formats } from "./formats";

export type Language = "zh" | "en";

// Every path to a text of the Chinese catalogue, as "customers.empty.title".
type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

export type Key = Paths<typeof zh>;

export type Params = Readonly<Record<string, string | number>>;

export interface I18n extends Formats {
  language: Language;
  t: (key: Key, params?: Params) => string;
  // For keys made at run time (codes from Go): undefined when there is no text.
  maybe: (key: string, params?: Params) => string | undefined;
}

const trees: Record<Language, Tree> = { zh, en };

export function makeI18n(language: Language, now: () => Date = () => new Date()): I18n {
  const f = formats(language, now);
  const rules = new Intl.PluralRules(language === "zh" ? "zh-CN" : "en");
  const maybe = (key: string, params?: Params) => {
    const text = lookup(trees[language], key, rules, params);
    return text === undefined ? undefined : fill(text, params, f.count);
  };
  return { language, ...f, maybe, t: (key, params) => maybe(key, params) ?? key };
}

// A text may be {one, other} in English; the parameter n chooses.
function lookup(tree: Tree, key: string, rules: Intl.PluralRules, params?: Params): string | undefined {
  let at: Tree | string | undefined = tree;
  for (const part of key.split(".")) at = typeof at === "object" ? at[part] : undefined;
  if (typeof at !== "object") return at;
  const form = at[rules.select(Number(params?.n ?? 0))] ?? at.other;
  return typeof form === "string" ? form : undefined;
}

// fill puts the parameters in their places. A blank beside one parts digits and
// letters from characters; between two characters there is none: 这个文件 11-18
// 导入过, 这个文件今天导入过.
function fill(text: string, params: Params | undefined, count: (n: number) => string): string {
  if (!params) return text;
  let out = "";
  let from = 0;
  for (const place of text.matchAll(/\{(\w+)\}/g)) {
    const param = params[place[1] ?? ""];
    const word = param === undefined ? place[0] : typeof param === "number" ? count(param) : param;
    const value = place[1] === "day" ? inside(word, text.slice(0, place.index)) : word;
    out = joined(out + text.slice(from, place.index), value);
    from = place.index + place[0].length;
    if (text[from] === " " && han.test(out.slice(-1)) && han.test(text[from + 1] ?? "")) from++;
  }
  return out + text.slice(from);
}

// inside writes a day as it is written within a sentence: Today begins one.
function inside(day: string, before: string): string {
  const begins = before === "" || before.endsWith(". ");
  return !begins && /^(?:Today|Tomorrow|Yesterday)$/.test(day) ? day.toLowerCase() : day;
}

const han = /\p{Script=Han}/u;

function joined(left: string, right: string): string {
  return left.endsWith(" ") && han.test(left.slice(-2, -1)) && han.test(right.slice(0, 1))
    ? left.slice(0, -1) + right
    : left + right;
}

export const I18nContext = createContext<I18n>(makeI18n("zh"));

export function I18nProvider(props: { language: Language; children: ReactNode }) {
  const value = useMemo(() => makeI18n(props.language), [props.language]);
  return <I18nContext value={value}>{props.children}</I18nContext>;
}

export function useI18n(): I18n {
  return useContext(I18nContext);
}
