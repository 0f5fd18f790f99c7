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

function fill(text: string, params: Params | undefined, count: (n: number) => string): string {
  if (!params) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? count(value) : value;
  });
}

export const I18nContext = createContext<I18n>(makeI18n("zh"));

export function I18nProvider(props: { language: Language; children: ReactNode }) {
  const value = useMemo(() => makeI18n(props.language), [props.language]);
  return <I18nContext value={value}>{props.children}</I18nContext>;
}

export function useI18n(): I18n {
  return useContext(I18nContext);
}
