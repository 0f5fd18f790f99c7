import { expect } from "@playwright/test";
import { call, type Desk, synced, test } from "../fixtures/programs";
import { list } from "../pages/customers";
import { importSheet, sheets } from "../pages/import";
import { found, invited } from "../pages/start";

test("two departments, one book: import, offline edits, one conflict, decided", async ({
  startDesk,
  startRelay,
  folder,
}) => {
  const relay = await startRelay();
  const files = sheets(folder);
  const a = await found(startDesk, relay);
  await importSheet(a.page, files.sales);
  await synced(a);

  const b = await invited(startDesk, a);
  const before = await list(a.page, { fields: ["name"] });
  expect(before.total).toBeGreaterThan(0);
  await expect
    .poll(async () => (await list(b.page, { fields: ["name"] })).total, { timeout: 60_000 })
    .toBe(before.total);

  // The relay is away: both go on working.
  await relay.stop();
  await importSheet(b.page, files.service);
  const shared = before.rows[0];
  if (!shared) throw new Error("no customer");
  const set = (desk: Desk, field: string, text: string) =>
    call(desk.page, "Customers/Set", { id: shared.id, values: [{ field, text }] });
  await set(a, "contract_amount", "48万");
  await set(b, "remark", "周五下午开会");
  await set(a, "city", "无锡市");
  await set(b, "city", "宁波市");

  await relay.start();
  await synced(a);
  await synced(b);
  const cells = async (desk: Desk) =>
    (await list(desk.page, { fields: ["name", "contract_amount", "remark", "city"] })).rows.find(
      (r) => r.id === shared.id,
    )?.cells;
  await expect
    .poll(async () => JSON.stringify(await cells(b)), { timeout: 60_000 })
    .toBe(JSON.stringify(await cells(a)));
  const merged = await cells(a);
  expect(merged?.[1]?.text).toBe("¥480,000");
  expect(merged?.[2]?.text).toBe("周五下午开会");
  expect(merged?.[3]?.conflicts).toBe(1);

  // The card has both values with who, department and time; B takes A's.
  await b.page.goto(`${new URL(b.page.url()).origin}/#/review`);
  const sides = b.page.getByRole("region").filter({ has: b.page.getByRole("button", { name: /^用这个/ }) });
  await expect(sides).toHaveCount(2);
  for (const [value, member, department] of [
    ["无锡市", "李强", "销售部"],
    ["宁波市", "陈静", "客服部"],
  ] as const) {
    const side = sides.filter({ has: b.page.getByText(value, { exact: true }) });
    await expect(side.getByText(member, { exact: true })).toBeVisible();
    await expect(side.getByText(department, { exact: true })).toBeVisible();
    const written = (await side.locator("dt", { hasText: "写下时间" }).locator("+ dd").textContent()) ?? "";
    expect(Date.now() - Date.parse(written), written).toBeLessThan(15 * 60_000);
  }
  await b.page.getByRole("button", { name: "用这个：李强写的值" }).click();
  await expect(b.page.getByText("没有要核对的。")).toBeVisible();
  await expect
    .poll(async () => JSON.stringify((await cells(a))?.[3]), { timeout: 60_000 })
    .toContain('"text":"无锡市","sealed":false,"conflicts":0');
});
