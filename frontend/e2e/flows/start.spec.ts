import { expect } from "@playwright/test";
import { call, test } from "../fixtures/programs";
import { confirmKit, createBook, unlock } from "../pages/start";

const company = { company: "恒锐精密机械有限公司", member: "李强", department: "销售部" };

test("first start: create with a passphrase, check the kit, write, crash, unlock", async ({ startDesk }) => {
  const desk = await startDesk("a");
  const { page } = desk;
  await expect(page.getByRole("heading", { name: "怎么开始？" })).toBeVisible();
  await createBook(page, company);
  await confirmKit(page);
  await expect(page.getByText("这本客户册还是空的")).toBeVisible();
  await expect(page.getByText("恢复套件还没保存")).toHaveCount(0);

  const made = await call<{ id: string }>(page, "Customers/Create", {
    values: [
      { field: "name", text: "苏州锦成机电有限公司" },
      { field: "mobile", text: "138 1290 5678" },
      { field: "address", text: "人民路1号" },
    ],
  });
  // The list shows it by event, the number as its mask.
  await expect(page.getByText("苏州锦成机电有限公司").first()).toBeVisible();
  await expect(page.getByText("138****5678").first()).toBeVisible();

  await desk.crash();
  await unlock(page);
  await expect(page.getByText("苏州锦成机电有限公司").first()).toBeVisible();
  await page.goto(`${new URL(page.url()).origin}/#/history/${made.id}`);
  await expect(page.getByText("人民路1号").first()).toBeVisible();
});

test("the address works for one browser only", async ({ startDesk, browser }) => {
  const desk = await startDesk("a");
  const other = await (await browser.newContext()).newPage();
  const answer = await other.goto(desk.program.line);
  expect(answer?.status()).toBe(403);
  await other.context().close();
  await desk.page.reload();
  await expect(desk.page.getByRole("heading", { name: "怎么开始？" })).toBeVisible();
});
