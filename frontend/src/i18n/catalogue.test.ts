import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codes } from "../bridge/errors";
import { en, type Tree, zh } from "./catalogue";

type Leaf = [path: string, text: string | Tree];

// A text in forms ({one, other}) counts as one.
function leaves(tree: Tree, path = ""): Leaf[] {
  return Object.entries(tree).flatMap(([key, value]): Leaf[] => {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === "string") return [[at, value]];
    return "other" in value && Object.keys(value).every((k) => k === "one" || k === "other")
      ? [[at, value]]
      : leaves(value, at);
  });
}

const zhLeaves = leaves(zh);
const enLeaves = new Map(leaves(en));
const root = join(import.meta.dirname, "..");

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.") ? [readFileSync(path, "utf8")] : [];
  });
}

function names(text: string | Tree): string[] {
  const one = typeof text === "string" ? text : String(text["other"]);
  return [...one.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? "").sort();
}

describe("both languages", () => {
  test("have the same keys", () => {
    expect([...enLeaves.keys()].sort()).toEqual(zhLeaves.map(([path]) => path).sort());
  });

  test("have the same parameters", () => {
    const differing = zhLeaves.filter(([path, text]) => {
      const other = enLeaves.get(path);
      return other !== undefined && JSON.stringify(names(text)) !== JSON.stringify(names(other));
    });
    expect(differing.map(([path]) => path)).toEqual([]);
  });

  test("leave no text empty", () => {
    const empty = [...zhLeaves, ...enLeaves].filter(([, text]) => text === "");
    expect(empty).toEqual([]);
  });
});

describe("tone (UX.md 4.2)", () => {
  // UX.md's own words that hold the sign: 邀请, 按请求, 请看一眼, 请陈静改.
  const fine = /邀请|按请求|请看一眼|请决定|请[^。，"]*改|Please check/g;

  test.each(["成功", "请", "您", "！", "失败"])("Chinese never says %s", (word) => {
    const said = zhLeaves.filter(([, text]) => JSON.stringify(text).replaceAll(fine, "").includes(word));
    expect(said.map(([path]) => path)).toEqual([]);
  });

  test("English never says please or successfully", () => {
    const said = [...enLeaves].filter(([, text]) =>
      /please|successfully|!/i.test(JSON.stringify(text).replaceAll(fine, "")),
    );
    expect(said.map(([path]) => path)).toEqual([]);
  });
});

// The program says phone_short of any number that lacks digits.
test("a number that is too short is not said to lack one digit", () => {
  const said = [...zhLeaves, ...enLeaves].filter(([path]) => /^(?:flags|import\.cause)\.phone_short$/.test(path));
  expect(said.length).toBe(4);
  expect(said.filter(([, text]) => /[一两三四]位|one digit/.test(String(text)))).toEqual([]);
});

describe("English counts", () => {
  // Never one: a field has two values, a form has all fields of the book, a sheet
  // several columns, minutes are told from five on, one file or sheet by its name.
  const many = [
    "customers.card.values",
    "customers.create.all",
    "customers.mark.values",
    "import.columns.sheets",
    "import.files",
    "import.foot.columns",
    "sync.clock",
    "sync.clockBehind",
  ];

  test("have a form for one wherever a noun follows the number", () => {
    const plural = /\{n\}(?: \w+)? (?!ms\b)\w{2,}s\b/;
    const one = [...enLeaves].filter(([, text]) => typeof text === "string" && plural.test(text));
    expect(one.map(([path]) => path).sort()).toEqual(many);
  });
});

// goFiles is the source of some packages of the program, without their tests.
function goFiles(...packages: readonly string[]): string {
  return packages
    .map((name) => join(root, "../..", name))
    .flatMap((dir) => readdirSync(dir).map((f) => join(dir, f)))
    .filter((f) => f.endsWith(".go") && !f.endsWith("_test.go"))
    .map((f) => readFileSync(f, "utf8"))
    .join("\n");
}

// valueCodes is all that the program says of a value: the words of package
// quality, which are no notes, and what a sheet's rows add.
function valueCodes(): string[] {
  const quality = goFiles("app/quality").replaceAll(/\[\]string\{"\w+"\}/g, "");
  const words = [...quality.matchAll(/"([a-z]+(?:_[a-z]+)+)"/g)].map((m) => m[1] ?? "");
  const rows = goFiles("app/schema", "app/sheet");
  const more = [...rows.matchAll(/(?:\b[cC]ode\w* += |\.Code = [\w.]+, )"(\w+)"/g)].map((m) => m[1] ?? "");
  return [...new Set([...words, ...more])].sort();
}

describe("every code has its sentence", () => {
  const known = new Set(zhLeaves.map(([path]) => path));

  test.each(codes)("code %s", (code) => {
    expect(known.has(`errors.${code}`)).toBe(true);
  });

  test("reasons of the program's table", () => {
    const go = readFileSync(join(root, "../../app/errors.go"), "utf8");
    const consts = new Map([...go.matchAll(/(Code\w+)\s+Code = "(\w+)"/g)].map((m) => [m[1], m[2]]));
    const pairs = [...go.matchAll(/, (Code\w+), "(\w+)"\}/g)].map((m) => `errors.reasons.${consts.get(m[1])}.${m[2]}`);
    expect(pairs.length).toBeGreaterThan(20);
    expect(pairs.filter((path) => !known.has(path))).toEqual([]);
  });

  test("reasons that the services give themselves", () => {
    const dir = join(root, "../../app");
    const consts = new Map(
      [...readFileSync(join(dir, "errors.go"), "utf8").matchAll(/(Code\w+)\s+Code = "(\w+)"/g)].map((m) => [
        m[1],
        m[2],
      ]),
    );
    const found = readdirSync(dir)
      .filter((f) => f.endsWith(".go") && !f.endsWith("_test.go"))
      .flatMap((f) => [...readFileSync(join(dir, f), "utf8").matchAll(/fault\{code: (Code\w+), reason: "(\w+)"\}/g)])
      .filter((m) => m[2] !== "not_built")
      .map((m) => `errors.reasons.${consts.get(m[1])}.${m[2]}`);
    expect(found.filter((path) => !known.has(path))).toEqual([]);
  });

  test("reasons why a file cannot be read", () => {
    const go = readFileSync(join(root, "../../app/sheet/sheet.go"), "utf8");
    const reasons = [...go.matchAll(/Reason\s+= "(\w+)"/g)].map((m) => m[1]);
    expect(reasons.length).toBeGreaterThan(10);
    const missing = reasons.filter(
      (r) => !["invalid", "too_large", "not_found"].some((code) => known.has(`errors.reasons.${code}.${r}`)),
    );
    expect(missing).toEqual([]);
  });

  test("what is said of values is what the program finds, no more and no less", () => {
    const found = valueCodes();
    expect(found.length).toBeGreaterThan(50);
    const flags = zhLeaves.map(([path]) => path).filter((path) => path.startsWith("flags."));
    expect(flags.map((path) => path.slice("flags.".length)).sort()).toEqual(found);
    // The import says some of them in other words.
    const causes = zhLeaves.map(([path]) => /^import\.(?:cause|why)\.(\w+)/.exec(path)?.[1] ?? "").filter(Boolean);
    expect(causes.filter((code) => !found.includes(code))).toEqual([]);
  });

  test("no reason has a sentence that the program never gives", () => {
    const said = goFiles("app", "app/sheet", "crdt/change");
    const reasons = zhLeaves.map(([path]) => /^errors\.reasons\.\w+\.(\w+)$/.exec(path)?.[1] ?? "").filter(Boolean);
    expect(reasons.length).toBeGreaterThan(50);
    expect(reasons.filter((reason) => !said.includes(`"${reason}"`))).toEqual([]);
  });
});

test("no text is unused", () => {
  const code = sources(root).join("\n");
  const literals = new Set([...code.matchAll(/["'`]([\w.]+\.[\w.]+)["'`]/g)].map((m) => m[1]));
  const patterns = [...code.matchAll(/`((?:[\w.]|\$\{[^}`]*\})+)`/g)]
    .map((m) => m[1] ?? "")
    .filter((text) => text.includes("${") && text.includes("."))
    .map((text) => new RegExp(`^${text.replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "[\\w]+")}$`));
  const unused = zhLeaves
    .map(([path]) => path)
    .filter((path) => !literals.has(path) && !patterns.some((p) => p.test(path)));
  expect(unused).toEqual([]);
});
