import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type axe from "axe-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// What is meant to be so although a rule speaks against it.
const deliberate = [
  // UX.md 10: a masked value is read as 手机，已遮住，按 Enter 显示 and not as its stars.
  { rule: "label-content-name-mismatch", at: "已遮住" },
];

type Scheme = "light" | "dark";

// accessible looks over a screen as it stands: in light with all rules of WCAG 2.2
// AA (UX.md 10), in dark with that of contrast, since only colours differ there.
export async function accessible(page: Page, name: string): Promise<void> {
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", scheme);
    // Half of a change of colours has contrasts of its own.
    await page.evaluate(() =>
      Promise.race([
        Promise.allSettled(document.getAnimations().map((a) => a.finished)),
        new Promise((done) => setTimeout(done, 2000)),
      ]),
    );
    expect.soft(await violations(page, scheme), `${name}, ${scheme}`).toEqual([]);
  }
}

// violations names each rule with the elements that break it.
async function violations(page: Page, scheme: Scheme): Promise<string[]> {
  // Not a script of the page: its own policy would not let that one in.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  const found = await page.evaluate(async (scheme) => {
    const { axe: run } = window as unknown as { axe: typeof axe };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const reply = await run.run({
      runOnly: scheme === "dark" ? { type: "rule", values: ["color-contrast"] } : { type: "tag", values: tags },
      resultTypes: ["violations"],
    });
    return reply.violations.flatMap((v) => v.nodes.map((n) => ({ rule: v.id, at: n.target.join(" ") })));
  }, scheme);
  return found
    .filter((f) => !deliberate.some((d) => d.rule === f.rule && f.at.includes(d.at)))
    .map((f) => `${f.rule}: ${f.at}`);
}
