import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";

// The accuracy kit's sheets where they are at hand (TONGCE_KIT), else small
// ones of the same kind.
export function sheets(folder: string): { sales: string; service: string } {
  const kit = process.env.TONGCE_KIT ?? "";
  if (kit && existsSync(join(kit, "销售部.xlsx")))
    return { sales: join(kit, "销售部.xlsx"), service: join(kit, "客服部.xlsx") };
  const sales = join(folder, "销售部.csv");
  const service = join(folder, "客服部.csv");
  const name = (n: number) => `苏州第${n}精密机械有限公司`;
  const rows = (from: number, to: number, city: string) =>
    Array.from({ length: to - from }, (_, n) => `${name(from + n)},1380000${String(1000 + from + n)},${city}`);
  writeFileSync(sales, `客户名称,手机,城市\n${rows(0, 60, "苏州市").join("\n")}\n`);
  writeFileSync(service, `公司,电话,地址\n${rows(40, 80, "人民路1号").join("\n")}\n`);
  return { sales, service };
}

// plan takes a clean file to the last step before it is written, as a person does.
export async function plan(page: Page, file: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "主导航" })
    .getByRole("link", { name: /导入/ })
    .or(page.getByRole("navigation", { name: "主导航" }).getByRole("button", { name: /导入/ }))
    .first()
    .click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "选择文件" }).click();
  await (await chooser).setFiles(file);
  for (const step of ["对应列", "检查", "查重"]) {
    await page.getByRole("button", { name: new RegExp(`下一步：${step}`) }).click();
  }
}

// importSheet goes through the wizard to its end.
export async function importSheet(page: Page, file: string): Promise<void> {
  await plan(page, file);
  await page.getByRole("button", { name: /^写入 / }).click();
  await expect(page.getByText(/导入完成/)).toBeVisible({ timeout: 120_000 });
}
