import { expect, type Page } from "@playwright/test";
import { tell } from "../fixtures/random";
import { shot } from "../fixtures/shots";
import type { Keys } from "./keys";

export const n = (value: number) => value.toLocaleString("zh-CN");

// Wizard takes a sheet through the import by keyboard. Rows is how many it has,
// long how many milliseconds the slowest step of so many may take.
export class Wizard {
  constructor(
    private readonly page: Page,
    private readonly keys: Keys,
    private readonly rows: number,
    private readonly long: number,
  ) {}

  // choose opens a file from the import's page, which has the keyboard on its button.
  async choose(file: string): Promise<void> {
    await this.keys.has(/选择文件/);
    const chooser = this.page.waitForEvent("filechooser");
    await this.keys.press("Enter");
    await (await chooser).setFiles(file);
    await this.keys.has(/下一步：对应列/, this.long);
  }

  // check waits for the plan, repairs the one kind of error for all alike and
  // goes on to the matches. broken is how many rows have it; null where that
  // depends.
  async check(name: string, broken: number | null): Promise<void> {
    const { page, keys, long } = this;
    await keys.press("Enter");
    await keys.has(/下一步：检查/);
    await shot(page, `${name}-2-columns`);
    const began = Date.now();
    await keys.press("Enter");
    await page
      .getByRole("progressbar")
      .waitFor({ timeout: 2000 })
      .catch(() => undefined);
    const gap = await this.watch();
    await shot(page, `${name}-3-planning`);
    await keys.has(broken === 0 ? /下一步：查重/ : /检查结果/, long);
    tell(`planned in ${Date.now() - began} ms`);
    await this.steady("planning", await gap());
    if (broken !== null && broken > 0) await expect(page.getByText(`${n(broken)} 行要改`).first()).toBeVisible();
    if (broken !== 0) {
      await expect(page.getByRole("dialog", { name: /认不出的字符/ })).toBeVisible();
      await shot(page, `${name}-3-check`);
      await keys.press("Control+Enter");
    }
    const foot = broken === 0 ? "行都和客户册相同" : "行都可以写入";
    await expect(page.getByText(`${n(this.rows)} ${foot}`)).toBeVisible({ timeout: long });
    await shot(page, `${name}-3-fixed`);
    if (broken !== 0) await keys.tabTo(/下一步：查重/);
    await keys.press("Enter");
  }

  // stop presses the button that stops writing; within a second, and what a
  // loaded machine adds to a call, the window says how far it is.
  async stop(): Promise<void> {
    const { page, keys } = this;
    await keys.has(/停下/);
    await this.progress(1);
    await shot(page, "1-5-writing");
    const load = await this.load();
    const pressed = Date.now();
    await keys.press("Enter");
    await expect(page.getByRole("heading", { name: /^停下了，已写入|^导入完成/ })).toBeVisible({ timeout: this.long });
    const took = Date.now() - pressed;
    tell(`stopped after ${took} ms, where a call takes ${Math.round(load)} ms`);
    expect(took, "stopping takes a second at most").toBeLessThan(1000 + 500 + 10 * load);
    await shot(page, "1-5-stopped");
  }

  // load is how long a call takes on this machine as it is now.
  private async load(): Promise<number> {
    const before = Date.now();
    for (let i = 0; i < 5; i++)
      await this.page.evaluate(() => fetch("/call/Sync/Status", { method: "POST", body: "[]" }));
    return (Date.now() - before) / 5;
  }

  // steady: the bar moves twice a second, but for what a loaded machine adds.
  async steady(what: string, gap: number): Promise<void> {
    const load = await this.load();
    tell(`${what}: the bar stood still for ${Math.round(gap)} ms at most, where a call takes ${Math.round(load)} ms`);
    expect(gap, `${what}: the bar moves twice a second`).toBeLessThan(500 + 500 + 10 * load);
  }

  // progress waits until the bar is at least so far.
  async progress(to: number): Promise<number> {
    const bar = this.page.getByRole("progressbar");
    let now = 0;
    await expect
      .poll(async () => (now = Number((await bar.getAttribute("aria-valuenow").catch(() => "0")) ?? "0")), {
        timeout: this.long,
        intervals: [20],
      })
      .toBeGreaterThanOrEqual(to);
    return now;
  }

  // watch measures the longest time that the bar stands still.
  async watch(): Promise<() => Promise<number>> {
    await this.page.evaluate(() => {
      const w = window as unknown as { gaps: number[]; last: number; seen: string };
      w.gaps = [];
      w.last = 0;
      w.seen = "";
      const look = () => {
        const now = document.querySelector('[role="progressbar"]')?.getAttribute("aria-valuenow") ?? "";
        if (now !== w.seen && now !== "") {
          if (w.last > 0) w.gaps.push(performance.now() - w.last);
          w.last = performance.now();
          w.seen = now;
        }
        requestAnimationFrame(look);
      };
      look();
    });
    return () => this.page.evaluate(() => Math.max(0, ...(window as unknown as { gaps: number[] }).gaps));
  }
}
