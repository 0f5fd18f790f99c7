import { expect, type Page } from "@playwright/test";
import { call, type Desk, type Relay, synced } from "../fixtures/programs";

export const passphrase = "长一点的口令 correct horse";

export interface Company {
  company: string;
  member: string;
  department: string;
  relay?: string;
}

// createBook goes through the first start to the recovery kit's page.
export async function createBook(page: Page, of: Company): Promise<void> {
  await page.getByRole("button", { name: /新建工作区/ }).click();
  await page.getByLabel("公司或团队名称").fill(of.company);
  await page.getByLabel("你的姓名").fill(of.member);
  await page.getByLabel("你的部门").fill(of.department);
  if (of.relay) await page.getByLabel("中继", { exact: true }).fill(of.relay);
  await fillPassphrase(page);
  await page.getByRole("button", { name: "新建", exact: true }).click();
  await expect(page.getByRole("heading", { name: "保存恢复套件" })).toBeVisible({ timeout: 60_000 });
}

async function fillPassphrase(page: Page): Promise<void> {
  await page.getByLabel("口令", { exact: true }).fill(passphrase);
  await page.getByLabel("再输一次").fill(passphrase);
}

// confirmKit types the two groups back that the page asks for.
export async function confirmKit(page: Page): Promise<void> {
  const kit = await call<{ groups: string[]; ask: number[] }>(page, "Start/Kit");
  for (const n of kit.ask) await page.getByLabel(`第 ${n + 1} 组`).fill(kit.groups[n] ?? "");
  await page.getByRole("button", { name: "完成" }).click();
}

// unlock types the passphrase after a restart.
export async function unlock(page: Page): Promise<void> {
  await page.getByLabel("口令", { exact: true }).fill(passphrase);
  await page.getByRole("button", { name: "打开", exact: true }).click();
}

// joinBook accepts an invite.
export async function joinBook(page: Page, link: string, member: string): Promise<void> {
  await page.getByLabel("邀请链接").fill(link);
  await page.getByLabel("姓名").fill(member);
  await fillPassphrase(page);
  await page.getByRole("button", { name: "加入", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible({ timeout: 60_000 });
}

// found starts the desk that the company's book is made on.
export async function found(startDesk: (name: string) => Promise<Desk>, relay: Relay): Promise<Desk> {
  const desk = await startDesk("a");
  await createBook(desk.page, {
    company: "恒锐精密机械有限公司",
    member: "李强",
    department: "销售部",
    relay: relay.address,
  });
  await desk.page.getByRole("button", { name: "以后再做" }).click();
  await synced(desk);
  await expect(desk.page.getByText("这本客户册还是空的")).toBeVisible();
  return desk;
}

// invited starts a second desk, of the other department, with an invite of the
// first.
export async function invited(startDesk: (name: string) => Promise<Desk>, by: Desk): Promise<Desk> {
  const invite = await call<{ link: string }>(by.page, "Start/Invite", {
    role: "colleague",
    department: "客服部",
    member: "",
    days: 0,
  });
  const desk = await startDesk("b");
  await joinBook(desk.page, invite.link, "陈静");
  return desk;
}
