import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { call, type Desk, synced, test } from "../fixtures/programs";
import { random, seedOf, tell } from "../fixtures/random";
import { Keys } from "../pages/keys";
import { createBook, joinBook, passphrase } from "../pages/start";

// The size of the sheet; the is TONGCE_E2E_ROWS=100000.
const rows = Number(process.env.TONGCE_E2E_ROWS ?? "4000");
const wrong = Math.floor((rows - 26) / 50) + 1; // makesheet: each 50th from 25 on
const before = 40; // customers that 旧名单.xlsx brings, with another level
const edits = { restored: 20, made: 280 }; // what B edits of them and of the new ones
const long = 60_000 + rows * 4;

interface List {
  total: number;
  rows: { id: string; name: string }[];
}

interface Counts {
  new: number;
  updated: number;
  same: number;
  wrong: number;
  filled: number;
  changed: number;
}

interface View {
  job: string;
  batch: string;
  phase: string;
  done: number;
  counts: Counts;
}

const n = (value: number) => value.toLocaleString("zh-CN");
const numberOf = (name: string) => Number(/第(\d+)号/.exec(name)?.[1] ?? "-1");

// shot keeps what the window shows, where TONGCE_E2E_SHOTS says.
async function shot(page: Page, name: string): Promise<void> {
  const dir = process.env.TONGCE_E2E_SHOTS;
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`) });
}

function total(page: Page, batch = ""): Promise<number> {
  const ask = { text: "", filters: [], fields: [], sort: "", desc: false, offset: 0, limit: 0, batch, deleted: false };
  return call<List>(page, "Customers/List", ask).then((list) => list.total);
}

// customersOf gives all customers of a batch, by the number in their name.
async function customersOf(page: Page, batch: string): Promise<Map<number, string>> {
  const out = new Map<number, string>();
  for (let offset = 0; ; offset += 500) {
    const ask = {
      text: "",
      filters: [],
      fields: ["name"],
      sort: "",
      desc: false,
      offset,
      limit: 500,
      batch,
      deleted: false,
    };
    const list = await call<List>(page, "Customers/List", ask);
    for (const row of list.rows) out.set(numberOf(row.name), row.id);
    if (offset + 500 >= list.total) return out;
  }
}

// choose opens a file from the import's page, which has the keyboard on its button.
async function choose(page: Page, keys: Keys, file: string): Promise<void> {
  await keys.has(/选择文件/);
  const chooser = page.waitForEvent("filechooser");
  await keys.press("Enter");
  await (await chooser).setFiles(file);
  await keys.has(/下一步：对应列/, long);
}

// progress waits until the bar of this title is at least so far.
async function progress(page: Page, to: number): Promise<number> {
  const bar = page.getByRole("progressbar");
  let now = 0;
  await expect
    .poll(async () => (now = Number((await bar.getAttribute("aria-valuenow").catch(() => "0")) ?? "0")), {
      timeout: long,
      intervals: [20],
    })
    .toBeGreaterThanOrEqual(to);
  return now;
}

// watchProgress measures the longest time that the bar stood still.
async function watchProgress(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
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
  return () => page.evaluate(() => Math.max(0, ...(window as unknown as { gaps: number[] }).gaps));
}

// check waits for the plan, repairs the one kind of error for all alike and goes
// on to the matches. wrong is how many rows have it; null where that depends.
async function check(page: Page, keys: Keys, name: string, broken: number | null): Promise<void> {
  await keys.press("Enter");
  await keys.has(/下一步：检查/);
  await shot(page, `${name}-2-columns`);
  const began = Date.now();
  await keys.press("Enter");
  await page
    .getByRole("progressbar")
    .waitFor({ timeout: 2000 })
    .catch(() => undefined);
  const gap = await watchProgress(page);
  await shot(page, `${name}-3-planning`);
  await keys.has(broken === 0 ? /下一步：查重/ : /检查结果/, long);
  tell(`planned in ${Date.now() - began} ms; the bar stood still for ${Math.round(await gap())} ms at most`);
  if (broken !== null && broken > 0) await expect(page.getByText(`${n(broken)} 行要改`).first()).toBeVisible();
  if (broken !== 0) {
    await expect(page.getByRole("dialog", { name: /认不出的字符/ })).toBeVisible();
    await shot(page, `${name}-3-check`);
    await keys.press("Control+Enter");
  }
  const foot = broken === 0 ? "行都和客户册相同" : "行都可以写入";
  await expect(page.getByText(`${n(rows)} ${foot}`)).toBeVisible({ timeout: long });
  await shot(page, `${name}-3-fixed`);
  if (broken !== 0) await keys.tabTo(/下一步：查重/);
  await keys.press("Enter");
}

test("a large sheet by keyboard: fixed, killed, resumed, edited elsewhere, undone", async ({
  startDesk,
  startRelay,
  folder,
}) => {
  test.setTimeout(240_000 + rows * 30);
  const { seed, rand } = random(seedOf());
  tell(`TONGCE_E2E_SEED=${seed} TONGCE_E2E_ROWS=${rows}`);
  const maker = process.env.TONGCE_MAKESHEET ?? join(process.env.TONGCE_BIN ?? "", "makesheet");
  execFileSync(maker, [folder, String(rows)]);
  const relay = await startRelay();
  const a = await startDesk("a");
  await createBook(a.page, {
    company: "恒锐精密机械有限公司",
    member: "李强",
    department: "销售部",
    relay: relay.address,
  });
  await a.page.getByRole("button", { name: "以后再做" }).click();
  await synced(a, long);
  const invite = await call<{ link: string }>(a.page, "Start/Invite", {
    role: "colleague",
    department: "客服部",
    member: "",
    days: 0,
  });
  const b = await startDesk("b");
  await joinBook(b.page, invite.link, "陈静");

  // From here on without a mouse.
  const keys = await Keys.on(a.page);
  const { page } = a;
  await keys.press("g", "i");
  await choose(page, keys, join(folder, "旧名单.xlsx"));
  await keys.press("Enter");
  for (const step of [/下一步：检查/, /下一步：查重/, /^写入 40 行/]) {
    await keys.has(step, long);
    await keys.press("Enter");
  }
  await expect(page.getByText(/^导入完成，40 行/)).toBeVisible({ timeout: long });

  await keys.tabTo(/再导入一个文件/);
  await keys.press("Enter");
  await shot(page, "1-home");
  await choose(page, keys, join(folder, "大名单.xlsx"));
  await shot(page, "1-sheets");
  await check(page, keys, "1", wrong);
  await keys.has(/^写入 /);
  await expect(page.getByText(`新建 ${n(rows - before)}，更新 ${n(before)}，相同 0`)).toBeVisible();
  await shot(page, "1-4-matches");

  // Stopped within a second and gone on with.
  await keys.press("Enter");
  const gap = await watchProgress(page);
  await keys.has(/停下/);
  await progress(page, 1);
  await shot(page, "1-5-writing");
  const pressed = Date.now();
  await keys.press("Enter");
  await expect(page.getByRole("heading", { name: /^停下了，已写入|^导入完成/ })).toBeVisible();
  tell(`stopped after ${Date.now() - pressed} ms`);
  await shot(page, "1-5-stopped");
  if (await page.getByRole("heading", { name: /^停下了/ }).isVisible()) {
    await expect(page.getByRole("heading", { name: /已写入 [1-9]/ })).toBeVisible();
    await keys.has(/继续/);
    await keys.press("Enter");
  }

  // Killed in the middle of writing, at a moment that the seed decides.
  const seen = await progress(page, Math.floor(rows * (0.2 + 0.4 * rand())));
  await a.crash();
  tell(`killed with ${seen} of ${rows} rows shown as written`);
  await keys.has(/口令/);
  await keys.type(passphrase);
  await keys.press("Enter");
  await page.getByRole("navigation", { name: "主导航" }).waitFor({ timeout: long });
  await keys.press("g", "i");
  await keys.has(/选择文件/);
  await expect(page.getByText("停在半路")).toBeVisible();
  await shot(page, "1-5-drafts");
  await keys.tabTo(/^接着做$/);
  await keys.press("Enter");
  await keys.has(/继续/);
  const there = Number(
    /已写入 ([\d,]+)/
      .exec((await page.getByRole("heading", { name: /停下了/ }).textContent()) ?? "")?.[1]
      ?.replaceAll(",", ""),
  );
  expect(there).toBeGreaterThanOrEqual(seen);
  expect(await total(page)).toBeGreaterThanOrEqual(Math.min(there, rows) - 1);
  await shot(page, "1-5-killed");
  const again = await watchProgress(page);
  await keys.press("Enter");
  await expect(page.getByText(new RegExp(`^导入完成，${n(rows)} 行`))).toBeVisible({ timeout: long });
  tell(
    `writing: the bar stood still for ${Math.round(Math.max(await gap().catch(() => 0), await again()))} ms at most`,
  );
  await expect(page.getByText(`改了 ${before} 个值`)).toBeVisible();
  await shot(page, "1-5-result");
  expect(await total(page)).toBe(rows);
  const job = await page.evaluate(() => window.location.hash.split("/").at(-1) ?? "");
  const { batch, counts } = await call<View>(page, "Imports/View", job);
  expect([counts.new, counts.updated, counts.wrong]).toEqual([rows - before, before, 0]);

  // The same file again has nothing new.
  await keys.tabTo(/再导入一个文件/);
  await keys.press("Enter");
  await choose(page, keys, join(folder, "大名单.xlsx"));
  await expect(page.getByText(/这个文件 .* 导入过/)).toBeVisible();
  await check(page, keys, "2", 0);
  await expect(page.getByText(`新建 0，更新 0，相同 ${n(rows)}`)).toBeVisible();
  await expect(page.getByRole("button", { name: "没有要写入的行" })).toBeDisabled();
  await shot(page, "2-4-matches");
  await keys.tabTo(/^放弃$/, "Shift+Tab");
  await keys.press("Enter");
  await keys.has(/选择文件/);

  // The other desktop has all of it, and of each value the file, sheet and row.
  await synced(a, long);
  await expect.poll(() => total(b.page), { timeout: long, intervals: [500] }).toBe(rows);
  const all = await customersOf(b.page, batch);
  expect(all.size).toBe(rows);
  const bkeys = await Keys.on(b.page);
  await sampled(b, bkeys, all, rand);
  await editMany(b, bkeys, all);
  await synced(b, long);
  await mayNot(b, bkeys);
  expect(bkeys.mouse()).toBe(0);

  // The one that imported undoes the batch.
  await synced(a, long);
  await expect
    .poll(() => call<{ kept: number }>(page, "Imports/UndoPreview", preview(batch, "kept", 0)).then((u) => u.kept), {
      timeout: long,
    })
    .toBe(300);
  const removed = rows - before - edits.made;
  await undo(a, keys, batch, removed);
  expect(await total(page)).toBe(rows - removed);

  // The file then has exactly the removed ones as new.
  await keys.press("g", "i");
  await choose(page, keys, join(folder, "大名单.xlsx"));
  await check(page, keys, "3", null);
  await expect(page.getByText(new RegExp(`^新建 ${n(removed)}，`))).toBeVisible();
  await shot(page, "3-4-matches");
  await synced(a, long);
  await expect.poll(() => total(b.page), { timeout: long, intervals: [500] }).toBe(rows - removed);
  expect(keys.mouse()).toBe(0);
});

const preview = (batch: string, kind: string, offset: number) => ({ batch, kind, offset, limit: 500, force: [] });

interface Entry {
  cause: string;
  source: { batch: string; file: string; sheet: string; row: number } | null;
}

// sampled looks up 20 customers in the history, two of them in the window.
async function sampled(desk: Desk, keys: Keys, all: Map<number, string>, rand: () => number): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const number = before + Math.floor(rand() * (rows - before));
    const id = all.get(number) ?? "";
    const past = await call<{ entries: Entry[] }>(desk.page, "History/List", { id, field: "email" });
    const source = past.entries.find((e) => e.cause === "import")?.source;
    expect([source?.file, source?.sheet, source?.row]).toEqual(["大名单.xlsx", "客户", number + 2]);
    if (i >= 2) continue;
    await find(desk, keys, number);
    await keys.press("h");
    await expect(desk.page.getByText(`从「大名单.xlsx」的「客户」表第 ${n(number + 2)} 行导入`).first()).toBeVisible();
    await shot(desk.page, `4-history-${i}`);
    await keys.press("g", "c");
  }
}

// find opens the card of a customer by searching for it.
async function find(desk: Desk, keys: Keys, number: number): Promise<void> {
  const name = `苏州第${String(number).padStart(6, "0")}号`;
  await desk.page.getByRole("grid").first().waitFor();
  await keys.press("/");
  await keys.has(/搜索/);
  await keys.press("Control+a");
  await keys.type(name);
  await expect(desk.page.getByRole("row", { name: new RegExp(name) })).toHaveCount(1, { timeout: long });
  await keys.press("ArrowDown");
  await keys.press("Enter");
  await expect(desk.page.getByRole("heading", { name: new RegExp(name) })).toBeVisible();
}

// editMany changes 300 customers of the import: a few in the window, the others
// as the window does.
async function editMany(desk: Desk, keys: Keys, all: Map<number, string>): Promise<void> {
  const levels = Array.from({ length: edits.restored }, (_, i) => i * 2);
  const step = Math.floor((rows - before) / edits.made);
  const remarks = Array.from({ length: edits.made }, (_, i) => before + i * step);
  const byHand = remarks.splice(0, 3);
  for (const number of byHand) {
    await find(desk, keys, number);
    await keys.tabTo(/备注.*第\d+行|^第\d+行$|编辑.*备注|改.*备注/);
    await keys.press("Enter");
    await keys.press("Control+a");
    await keys.type("已回访");
    await keys.press("Enter");
    await expect(desk.page.getByText("已回访").first()).toBeVisible();
    await keys.press("Escape");
  }
  const set = (number: number, field: string, text: string) => ({
    id: all.get(number) ?? "",
    values: [{ field, text }],
  });
  const asks = [...levels.map((i) => set(i, "level", "一般")), ...remarks.map((i) => set(i, "remark", "已回访"))];
  for (const ask of asks) await call(desk.page, "Customers/Set", ask);
}

// mayNot: who may not delete is told why, and whom to ask.
async function mayNot(desk: Desk, keys: Keys): Promise<void> {
  await keys.press("g", "i");
  await keys.has(/选择文件/);
  await expect(desk.page.getByText("大名单.xlsx").first()).toBeVisible();
  await shot(desk.page, "5-past-elsewhere");
  await keys.tabTo(/^撤销这次导入…$/);
  await keys.press("Enter");
  await expect(desk.page.getByRole("alert").filter({ hasText: "你不能撤销这一批" })).toContainText("李强", {
    timeout: long,
  });
  await expect(desk.page.getByRole("button", { name: /^撤销 [\d,]+ 行$/ })).toHaveCount(0);
  await shot(desk.page, "5-denied");
  const batch = await desk.page.evaluate(() => window.location.hash.split("/").at(-1) ?? "");
  const refused = await call(desk.page, "Imports/Undo", { ...preview(batch, "", 0) }).catch((e: Error) => e.message);
  expect(String(refused)).toContain("denied");
  expect(await total(desk.page)).toBe(rows);
}

// undo takes the batch back in the window and compares all counts.
async function undo(desk: Desk, keys: Keys, batch: string, removed: number): Promise<void> {
  const { page } = desk;
  const kept = edits.made + edits.restored;
  const restored = before - edits.restored;
  await keys.press("g", "i");
  await keys.has(/选择文件/);
  await keys.tabTo(/^撤销这次导入…$/);
  const asked = Date.now();
  await keys.press("Enter");
  const number = (label: string) => page.locator("dt", { hasText: label }).locator("+ dd");
  await expect(number("移走新建的")).toHaveText(n(removed), { timeout: long });
  tell(`the preview of the undo took ${Date.now() - asked} ms`);
  await expect(number("还原改过的")).toHaveText(n(restored));
  await expect(number("留着")).toHaveText(n(kept));
  await expect(page.getByRole("row", { name: /陈静.*改了/ }).first()).toBeVisible();
  await shot(page, "6-undo");
  const reply = await call<{ rows: { by: { member: string } | null; field: string }[] }>(
    page,
    "Imports/UndoPreview",
    preview(batch, "kept", 0),
  );
  expect(reply.rows.length).toBe(kept);
  expect(reply.rows.filter((r) => r.by?.member !== "陈静" || !["level", "remark"].includes(r.field))).toEqual([]);
  await keys.tabTo(/^撤销 [\d,]+ 行$/);
  const began = Date.now();
  await keys.press("Enter");
  await page
    .getByRole("progressbar")
    .waitFor({ timeout: 2000 })
    .catch(() => undefined);
  await shot(page, "6-undoing");
  await expect(page.getByText(`移走 ${n(removed)}，还原 ${n(restored)}，留着 ${n(kept)}。`)).toBeVisible({
    timeout: long,
  });
  tell(`the undo took ${Date.now() - began} ms`);
  await shot(page, "6-undone");
}
