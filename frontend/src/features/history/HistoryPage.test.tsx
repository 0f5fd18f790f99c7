import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { type FakeBridge, fakeBridge } from "../../bridge/fake/fake";
import { renderOn } from "../../test/render";
import { HistoryPage } from "./HistoryPage";

function edited(): FakeBridge {
  const bridge = fakeBridge({ customers: 30 });
  const c = bridge.book.customers[4];
  if (!c) throw new Error("no customer");
  bridge.book.write(c, [["address", "旧路 1 号"]], "edit", "wangfang");
  bridge.book.write(
    c,
    [
      ["address", "新路 2 号"],
      ["stage", "谈判"],
    ],
    "edit",
    "liqiang",
  );
  return bridge;
}

function shown(bridge: FakeBridge, field = "") {
  const id = bridge.book.customers[4]?.id ?? "";
  return { ...renderOn(<HistoryPage path={field ? [id, field] : [id]} />, { bridge }), id };
}

const acts = () => screen.findAllByRole("listitem");

describe("history", () => {
  test("tells who, from which department, what, before and after, and the row of the file", async () => {
    shown(edited());
    const [newest, , oldest] = await acts();
    if (!newest || !oldest) throw new Error("acts are missing");
    expect(newest.textContent).toContain("李强");
    expect(newest.textContent).toContain("华东一部");
    expect(newest.textContent).toContain("改了基础信息、商务");
    expect(within(newest).getByText("旧路 1 号").tagName).toBe("S");
    expect(within(newest).getByText("新路 2 号")).toBeTruthy();
    expect(oldest.textContent).toContain("从「客户表2024.xlsx」的「客户」表第 8 行导入");
    expect(within(oldest).getByRole("link", { name: "看整批" }).getAttribute("href")).toBe("#/customers/batch/batch-1");
  });

  test("undoes only one value and leaves the other of the same act", async () => {
    const bridge = edited();
    const { user } = shown(bridge);
    const [newest] = await acts();
    if (!newest) throw new Error("acts are missing");
    await user.click(within(newest).getByRole("button", { name: "只撤销「详细地址」这一处" }));
    const c = bridge.book.customers[4];
    await waitFor(() => expect(c?.values.get("address")).toBe("旧路 1 号"));
    expect(c?.values.get("stage")).toBe("谈判");
    expect(await screen.findByText("撤销了一处")).toBeTruthy();
  });

  test("the slider goes back by key and shows today's value under each difference", async () => {
    const bridge = edited();
    const { user } = shown(bridge);
    await acts();
    const slider = screen.getByRole("slider", { name: "看哪一天的样子" });
    expect(slider.getAttribute("aria-valuetext")).toBe("现在");
    for (let n = 0; n < 2; n++) fireEvent.keyDown(slider, { key: "ArrowLeft" });
    const pane = await screen.findByRole("complementary", { name: "那时的样子" });
    expect(await within(pane).findByText("现在：新路 2 号")).toBeTruthy();
    expect(within(pane).getByText("只能看。和现在不同的 2 处标出了现在的值")).toBeTruthy();
    await user.click(within(pane).getByRole("checkbox", { name: "恢复「详细地址」" }));
    await user.click(within(pane).getByRole("button", { name: "恢复选中的 1 处" }));
    const c = bridge.book.customers[4];
    await waitFor(() => expect(c?.values.get("address")).toBe("旧路 1 号"));
    expect(c?.values.get("stage")).toBe("谈判");
    await user.click(within(pane).getByRole("button", { name: "回到现在" }));
    expect(screen.queryByRole("complementary", { name: "那时的样子" })).toBeNull();
  });

  test("only changes leaves the import out; one field leaves the others out", async () => {
    const { user } = shown(edited());
    expect((await acts()).length).toBe(3);
    await user.click(screen.getByText("只看改动"));
    await waitFor(async () => expect((await acts()).length).toBe(2));
  });

  test("the past of one field", async () => {
    shown(edited(), "stage");
    await waitFor(async () => expect((await acts()).length).toBe(1));
    expect(screen.getByText("只看「阶段」")).toBeTruthy();
  });

  test("sealed values stay masked; who wrote apart is named", async () => {
    const bridge = fakeBridge({ customers: 30 });
    renderOn(<HistoryPage path={[bridge.book.customers[0]?.id ?? ""]} />, { bridge });
    expect(await screen.findByText("与李强同时")).toBeTruthy();
    expect(screen.getAllByText("138****5600").length).toBeGreaterThan(0);
    expect(screen.queryByText(/13812905600|138 1290 5600/)).toBeNull();
  });

  test("two numbers with one mask differ, and the past one can be shown", async () => {
    const bridge = fakeBridge({ customers: 30 });
    const c = bridge.book.customers[4];
    if (!c) throw new Error("no customer");
    bridge.book.write(c, [["mobile", "13811115678"]], "edit", "wangfang");
    bridge.book.write(c, [["mobile", "13899995678"]], "edit", "liqiang");
    const { user } = shown(bridge);
    await acts();
    const slider = screen.getByRole("slider", { name: "看哪一天的样子" });
    for (let n = 0; n < 2; n++) fireEvent.keyDown(slider, { key: "ArrowLeft" });
    const pane = await screen.findByRole("complementary", { name: "那时的样子" });
    expect(await within(pane).findByText("现在：138****5678")).toBeTruthy();
    await user.click(within(pane).getByRole("button", { name: "显示那时的「手机」" }));
    expect(await within(pane).findByText("138 1111 5678")).toBeTruthy();
    fireEvent.blur(window);
    await waitFor(() => expect(within(pane).queryByText("138 1111 5678")).toBeNull());
  });

  test("a customer that nobody changed says so", async () => {
    shown(fakeBridge({ customers: 30 }));
    expect(await screen.findByText(/由李强导入后没有改过|由.+导入后没有改过/)).toBeTruthy();
  });
});
