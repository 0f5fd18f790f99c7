import type { Flag } from "./codes";
import { fieldOf } from "./schema";

// A small likeness of app/quality: enough to try every state of the window.
// What becomes of a typed text; no flag where there is nothing to say of it.
interface Checked {
  text: string;
  flag: Flag | "";
}

export function check(field: string, typed: string): Checked {
  const text = typed.normalize("NFKC").trim();
  if (text === "") return { text: "", flag: "" };
  switch (fieldOf(field)?.type) {
    case "mobile":
      return digits(text, (d) =>
        d.length === 11 && d.startsWith("1") ? "" : d.length < 11 ? "phone_short" : "phone_long",
      );
    case "phone":
      return {
        text: text.replace(/[\s()]/g, ""),
        flag: /^0\d{2,3}-?\d{7,8}/.test(text.replace(/\s/g, "")) ? "" : "phone_short",
      };
    case "email":
      return { text: text.toLowerCase(), flag: /^[^@\s]+@[^@\s]+\.[a-z]+$/i.test(text) ? "" : "email_form" };
    case "amount":
      return amount(text);
    case "date":
      return date(text);
    case "uscc":
      return {
        text: text.toUpperCase(),
        flag: text.length === 18 ? "" : text.length < 18 ? "uscc_short" : "uscc_long",
      };
    case "choice":
      return choice(field, text);
    default:
      return { text, flag: "" };
  }
}

function digits(text: string, judge: (d: string) => Checked["flag"]): Checked {
  const d = text.replace(/[\s-]/g, "");
  return /^\d+$/.test(d) ? { text: d, flag: judge(d) } : { text, flag: "phone_chars" };
}

function amount(text: string): Checked {
  const found = /^[¥￥]?([\d,]+(?:\.\d+)?)\s*(万|w)?元?$/i.exec(text);
  if (!found?.[1]) return { text, flag: "amount_unknown" };
  return { text: (Number(found[1].replaceAll(",", "")) * (found[2] ? 10_000 : 1)).toFixed(2), flag: "" };
}

function date(text: string): Checked {
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text);
  if (!found) return { text, flag: "date_unknown" };
  return { text: `${found[1]}-${found[2]?.padStart(2, "0")}-${found[3]?.padStart(2, "0")}`, flag: "" };
}

function choice(field: string, text: string): Checked {
  const f = fieldOf(field);
  const at = f?.optionsEn.indexOf(text) ?? -1;
  const value = at >= 0 ? (f?.options[at] ?? text) : text;
  return { text: value, flag: f?.options.includes(value) ? "" : "choice_unknown" };
}

// show gives the form of UX.md 4.3.
export function show(field: string, value: string, list: boolean): string {
  switch (fieldOf(field)?.type) {
    case "mobile":
      return value.length === 11 ? `${value.slice(0, 3)} ${value.slice(3, 7)} ${value.slice(7)}` : value;
    case "amount":
      return value && !Number.isNaN(Number(value)) ? money(Number(value), list) : value;
    default:
      return value;
  }
}

function money(n: number, list: boolean): string {
  return `¥${n.toLocaleString("en-US", { minimumFractionDigits: list ? 0 : 2, maximumFractionDigits: 2 })}`;
}

export function mask(field: string, value: string): string {
  if (value === "") return "";
  const last = value.slice(-4);
  switch (fieldOf(field)?.type) {
    case "mobile":
    case "phone":
      return `${value.slice(0, 3)}****${last}`;
    case "identity":
      return `${value.slice(0, 4)}**********${last}`;
    case "bank":
      return `**** **** ${last}`;
    case "email":
      return `${value.slice(0, 1)}•••••@${value.split("@")[1] ?? ""}`;
    case "person":
      return `${value.slice(0, 1)}**`;
    default:
      return "••••";
  }
}
