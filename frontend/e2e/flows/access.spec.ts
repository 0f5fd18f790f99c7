import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { test } from "../fixtures/programs";
import { accessible } from "../pages/axe";
import { Keys } from "../pages/keys";

async function to(page: Page, hash: string): Promise<void> {
  await page.evaluate((at) => {
    window.location.hash = at;
  }, hash);
}

test("each screen is accessible, light and dark", async ({ startDesk, folder }) => {
  const fresh = await startDesk("fresh");
  await fresh.page.getByRole("heading", { name: "怎么开始？" }).waitFor();
  await accessible(fresh.page, "first start");

  const { page } = await startDesk("sample", "--sample");
  await page.getByRole("row").nth(3).waitFor({ timeout: 60_000 });
  await accessible(page, "list");
  await page.getByRole("row").nth(2).click();
  await page.locator('[data-region="card"]').waitFor();
  await accessible(page, "card");
  await page.keyboard.press("h");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await accessible(page, "history");
  await to(page, "#/review");
  await page
    .getByRole("button", { name: /^用这个：/ })
    .first()
    .waitFor();
  await accessible(page, "two values");
  await to(page, "#/settings");
  await page.getByRole("heading", { name: "我的设备" }).waitFor();
  await accessible(page, "settings");
  await to(page, "#/customers");
  await page.keyboard.press("n");
  await page.getByRole("dialog").waitFor();
  await accessible(page, "new customer");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").first().waitFor();
  await accessible(page, "palette");
  await page.keyboard.press("Escape");

  const file = join(folder, "名单.csv");
  const rows = Array.from({ length: 30 }, (_, n) => `苏州第${n}机电有限公司,139${n % 7 ? "0" : "O"}000${1000 + n}`);
  writeFileSync(file, `客户名称,手机\n${rows.join("\n")}\n`);
  await to(page, "#/import");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "选择文件" }).click();
  await accessible(page, "import");
  await (await chooser).setFiles(file);
  for (const step of ["对应列", "检查", "查重"]) {
    const next = page.getByRole("button", { name: `下一步：${step}` });
    await next.waitFor();
    if (step === "查重")
      await page
        .getByText(/行要改/)
        .first()
        .waitFor();
    await accessible(page, `import, before ${step}`);
    await next.click();
  }
  await page.getByRole("button", { name: /^写入 / }).click();
  await expect(page.getByText(/导入完成/)).toBeVisible();
  await accessible(page, "result of an import");
  await page.getByRole("button", { name: /撤销这次导入/ }).click();
  await page.getByRole("button", { name: /^撤销 \d+ 行$/ }).waitFor();
  await accessible(page, "undo");
});

test("in a sheet wider than the window the keys bring each problem into view", async ({ startDesk, folder }) => {
  const { page } = await startDesk("sample", "--sample");
  await page.getByRole("row").nth(3).waitFor({ timeout: 60_000 });
  const file = join(folder, "宽表.csv");
  const wide = "客户名称,行业,省,市,区,详细地址,客户来源,成立日期,负责人,所属部门,备注,联系人,手机,邮箱";
  const line = (n: number) =>
    `无锡第${n}机电有限公司,机械,江苏省,无锡市,锡山区,人民路${n}号,展会,2011-05-15,李强,销售部,老客户,何敏,139O000${1000 + n},a${n}@example.com`;
  writeFileSync(file, `${wide}\n${[1, 2, 3].map(line).join("\n")}\n`);
  await to(page, "#/import");
  const keys = await Keys.on(page);
  await keys.has(/选择文件/);
  const chooser = page.waitForEvent("filechooser");
  await keys.press("Enter");
  await (await chooser).setFiles(file);
  await keys.has(/下一步：对应列/);
  await keys.press("Enter");
  await keys.has(/下一步：检查/);
  await keys.press("Enter");
  await keys.has(/检查结果/);
  const grid = page.getByRole("grid", { name: "检查结果" });
  const [inside, all] = await grid.evaluate((g) => [g.clientWidth, g.scrollWidth]);
  expect(all).toBeGreaterThan(inside ?? 0);
  for (const row of [1, 2, 3]) {
    const problem = grid.getByRole("row", { selected: true }).getByText(`139O000${1000 + row}`);
    await expect(problem).toBeInViewport({ ratio: 1 });
    const ways = page.getByRole("dialog", { name: /认不出的字符/ });
    await expect(ways).toBeInViewport({ ratio: 1 });
    const [cell, box] = [await problem.boundingBox(), await ways.boundingBox()];
    expect(Math.abs((cell?.y ?? 0) - (box?.y ?? 9999))).toBeLessThan(100);
    await expect(grid.getByRole("row", { selected: true }).getByText("要改")).toBeInViewport({ ratio: 1 });
    await keys.press("Tab");
  }
  expect(keys.mouse()).toBe(0);
});
