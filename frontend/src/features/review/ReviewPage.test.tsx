import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
import { useRoute } from "../../lib/route";
import { renderOn } from "../../test/render";
import { ReviewPage } from "./ReviewPage";

function Routed() {
  return <ReviewPage path={useRoute().path} />;
}

beforeEach(() => {
  window.location.hash = "#/review";
});

const card = () => screen.findByRole("article");

describe("two values", () => {
  test("shows both with author, department, device and times, and prefers none", async () => {
    renderOn(<Routed />);
    const shown = await card();
    const sides = within(shown).getAllByRole("region", { name: /现在各处显示的值|另一个值/ });
    expect(sides.length).toBe(2);
    expect(within(shown).getByText("现在各处显示的值，程序选的，没有理由")).toBeTruthy();
    expect(within(shown).getAllByText("王芳").length).toBeGreaterThan(0);
    expect(within(shown).getByText("王芳的笔记本")).toBeTruthy();
    expect(within(shown).getByText("李强的办公电脑")).toBeTruthy();
    for (const use of within(shown).getAllByRole("button", { name: /^用这个：/ }))
      expect(use.className).not.toContain("primary");
    expect(screen.queryByText("疑似重复")).toBeNull();
    expect(screen.queryByText("数据质量")).toBeNull();
  });

  test("2 decides, the next one comes, and the decision can be taken back", async () => {
    const { bridge, user } = renderOn(<Routed />);
    await card();
    const first = bridge.book.customers[0];
    fireEvent.keyDown(window, { key: "2" });
    await waitFor(() => expect(first?.values.get("mobile")).toBe("13812908765"));
    expect(await screen.findByRole("article", { name: /详细地址/ })).toBeTruthy();
    expect(await screen.findByText("手机：用了李强的")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^撤回/ }));
    await waitFor(() => expect(screen.getByRole("tab", { name: /^两个值 3/ })).toBeTruthy());
  });

  test("J and K move along the queue, and the address follows", async () => {
    const { bridge } = renderOn(<Routed />);
    await card();
    fireEvent.keyDown(window, { key: "j" });
    await waitFor(() =>
      expect(window.location.hash).toBe(`#/review/conflicts/${bridge.book.customers[1]?.id}/address`),
    );
    fireEvent.keyDown(window, { key: "k" });
    await waitFor(() => expect(window.location.hash).toContain(`${bridge.book.customers[0]?.id}/mobile`));
  });

  test("N writes another; single letters are text while it is typed", async () => {
    const { bridge, user } = renderOn(<Routed />);
    await card();
    fireEvent.keyDown(window, { key: "n" });
    const field = await screen.findByRole("textbox", { name: "手机的新值" });
    await user.type(field, "139 1290 1112");
    expect(await screen.findByText("会存成 13912901112")).toBeTruthy();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(bridge.book.customers[0]?.values.get("mobile")).toBe("139 1290 1112"));
    expect(await screen.findByText("手机：写了一个新的")).toBeTruthy();
  });

  test("sealed values are masked until shown, and masked again when the window loses the focus", async () => {
    const { user } = renderOn(<Routed />);
    const shown = await card();
    expect(within(shown).queryByText("138 1290 8765")).toBeNull();
    await user.click(within(shown).getByRole("button", { name: /^显示/ }));
    expect(await within(shown).findByText("138 1290 8765")).toBeTruthy();
    expect(within(shown).getByText(/^已显示，\d+ 秒后遮住$/)).toBeTruthy();
    act(() => void window.dispatchEvent(new Event("blur")));
    await waitFor(() => expect(within(shown).queryByText("138 1290 8765")).toBeNull());
  });

  test("more than two become a list", async () => {
    const bridge = fakeBridge({ customers: 30 });
    const c = bridge.book.customers[0];
    if (c) bridge.book.apart(c, "mobile", "13700001111", "chenjing", new Date().toISOString());
    renderOn(<Routed />, { bridge });
    const shown = await card();
    expect(within(shown).getByText("3 个人在没连上时各改了一次。每个值都在，谁也没有盖掉谁。")).toBeTruthy();
    fireEvent.keyDown(window, { key: "3" });
    await waitFor(() => expect(c?.values.get("mobile")).toBe("13700001111"));
  });

  test("what somebody else has just decided is said", async () => {
    const bridge = fakeBridge({ customers: 30 });
    bridge.review.conflict = async () => Promise.reject(new Error('{"code":"not_found","ref":""}'));
    renderOn(<Routed />, { bridge });
    expect(await screen.findByText("这一处已经有人决定了。")).toBeTruthy();
  });

  test("nothing to review names the last decision", async () => {
    const bridge = fakeBridge({ customers: 30 });
    for (const item of (await bridge.review.conflicts()).items)
      await bridge.review.resolve({ id: item.id, field: item.field, op: "op-lead", text: "" });
    renderOn(<Routed />, { bridge });
    expect(await screen.findByText("没有要核对的。")).toBeTruthy();
    expect(screen.getByText(/^上一次是今天，李强决定了/)).toBeTruthy();
  });
});

describe("not accepted", () => {
  beforeEach(() => {
    window.location.hash = "#/review/rejected";
  });

  test("says what I wrote, why not, and what was kept", async () => {
    renderOn(<Routed />);
    const item = await screen.findByRole("article");
    expect(item.textContent).toContain("招商银行");
    expect(await within(item).findByText("「财务」分区由财务部写，你的角色只能看。")).toBeTruthy();
    expect(within(item).getByText("同一次保存里的备注已经写入，只剩这一处。")).toBeTruthy();
    expect(screen.getByText("不处理也不会消失，也不影响其他修改继续同步。")).toBeTruthy();
  });

  test("nothing here says nothing of what waits on the other tab", async () => {
    const bridge = fakeBridge({ customers: 30 });
    bridge.book.rejected = [];
    renderOn(<Routed />, { bridge });
    expect(await screen.findByText("你的修改都进了客户册。")).toBeTruthy();
    expect(screen.getByRole("tab", { name: /^两个值 3/ })).toBeTruthy();
    expect(screen.queryByText(/没有要核对的/)).toBeNull();
  });

  test("copies its text", async () => {
    const { user } = renderOn(<Routed />);
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await user.click(await screen.findByRole("button", { name: "复制内容" }));
    expect(await screen.findByRole("button", { name: "已复制" })).toBeTruthy();
    expect(write).toHaveBeenCalledWith("招商银行");
  });

  test("discards after a question that names the thing, and not without it", async () => {
    const { bridge, user } = renderOn(<Routed />);
    await user.click(await screen.findByRole("button", { name: "丢弃…" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("开户行");
    await user.click(within(dialog).getByRole("button", { name: "取消" }));
    expect(bridge.book.rejected.length).toBe(1);
    await user.click(screen.getByRole("button", { name: "丢弃…" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "丢弃" }));
    expect(await screen.findByText("你的修改都进了客户册。")).toBeTruthy();
    expect(bridge.book.rejected.length).toBe(0);
  });
});
