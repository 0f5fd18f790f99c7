import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { AppError } from "../../bridge/errors";
import { type FakeBridge, fakeBridge } from "../../bridge/fake/fake";
import { useRoute } from "../../lib/route";
import { renderOn } from "../../test/render";
import { CustomersPage } from "./CustomersPage";

function Routed() {
  return <CustomersPage path={useRoute().path} />;
}

function show(options: { customers?: number; hash?: string; bridge?: FakeBridge; language?: "zh" | "en" } = {}) {
  window.location.hash = options.hash ?? "";
  const bridge = options.bridge ?? fakeBridge({ customers: options.customers ?? 30 });
  return renderOn(<Routed />, { bridge, ...(options.language ? { language: options.language } : {}) });
}

async function card(): Promise<HTMLElement> {
  const found = await screen.findByRole("complementary", { name: "客户资料" });
  await within(found).findByRole("heading", { level: 2 });
  return found;
}
const row = (name: RegExp) => screen.findByRole("row", { name });

beforeEach(() => {
  window.location.hash = "";
});

test("an address of no customer is told in one sentence", async () => {
  show({ hash: "#/customers/nobody" });
  expect((await screen.findAllByText(/已经不在了|不在了/)).length).toBe(1);
});

describe("the list", () => {
  test("shows the query's exact count and only the rows in view", async () => {
    show({ customers: 1000 });
    const grid = await screen.findByRole("grid", { name: "客户列表" });
    await waitFor(() => expect(grid.getAttribute("aria-rowcount")).toBe("1001"));
    const rows = await within(grid).findAllByRole("row", { name: /，/ });
    expect(rows.length).toBeLessThan(60);
  });

  test("search narrows it and names the count of all", async () => {
    const { user } = show();
    await user.type(await screen.findByRole("textbox", { name: "在客户里搜索" }), "宁波海沃");
    await row(/宁波海沃泵业有限公司/);
    expect(await screen.findByText("已筛选 1 / 30 位客户")).toBeTruthy();
  });

  test("another question is answered from the top, however far the list was scrolled", async () => {
    const { user } = show({ customers: 1000 });
    const grid = await screen.findByRole("grid", { name: "客户列表" });
    await within(grid).findAllByRole("row", { name: /，/ });
    fireEvent.scroll(grid, { target: { scrollTop: 9000 } });
    await user.type(screen.getByRole("textbox", { name: "在客户里搜索" }), "有限公司");
    await waitFor(() => expect(grid.scrollTop).toBe(0));
  });

  test("filters combine and can be dropped again", async () => {
    const { user } = show();
    await row(/苏州恒锐/);
    await user.click(screen.getByRole("button", { name: "筛选" }));
    await user.click(await screen.findByRole("button", { name: "条件" }));
    await user.click(await screen.findByRole("menuitem", { name: "阶段" }));
    await user.click(await screen.findByRole("checkbox", { name: "报价" }));
    await waitFor(() => expect(screen.queryByRole("row", { name: /宁波海沃/ })).toBeNull());
    expect(screen.getByRole("row", { name: /苏州恒锐/ })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "去掉「阶段」" }));
    await row(/宁波海沃/);
  });

  test("a sealed column is masked and cannot be sorted by", async () => {
    show();
    await row(/苏州恒锐/);
    expect(screen.getByText("138****5678")).toBeTruthy();
    const header = screen.getByRole("columnheader", { name: /手机/ });
    expect(within(header).queryByRole("button")).toBeNull();
  });

  test("arrow keys move and Enter opens the card beside it", async () => {
    const { user } = show();
    const grid = await screen.findByRole("grid", { name: "客户列表" });
    await row(/苏州恒锐/);
    grid.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await card();
    expect(window.location.hash).toMatch(/^#\/customers\/c\d+$/);
    expect(screen.getByRole("grid", { name: "客户列表" })).toBeTruthy();
  });

  test("nothing found offers to drop what narrows, and to make the customer", async () => {
    const { user } = show();
    await user.type(await screen.findByRole("textbox", { name: "在客户里搜索" }), "不存在的公司");
    await user.click(await screen.findByRole("button", { name: "新建「不存在的公司」" }));
    const dialog = await screen.findByRole("dialog", { name: "新建客户" });
    expect(within(dialog).getByLabelText<HTMLInputElement>("客户名称").value).toBe("不存在的公司");
  });

  test("an empty book says what to do", async () => {
    show({ customers: 0 });
    expect(await screen.findByText("这本客户册还是空的")).toBeTruthy();
    expect(screen.queryByRole("grid")).toBeNull();
  });

  test("a book whose customers were all removed leads to the recycle bin", async () => {
    const bridge = fakeBridge({ customers: 3 });
    for (const c of bridge.book.customers) c.deleted = true;
    const { user } = show({ bridge });
    expect(await screen.findByText("客户都在回收站里")).toBeTruthy();
    expect(screen.queryByText("这本客户册还是空的")).toBeNull();
    expect(screen.getByRole("tab", { name: /回收站/ })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "打开回收站" }));
    expect(screen.getByRole("tab", { name: /回收站/, selected: true })).toBeTruthy();
    await row(/苏州恒锐/);
  });

  test("the recycle bin has an address", async () => {
    const bridge = fakeBridge({ customers: 4 });
    const removed = bridge.book.find("c000004");
    removed.deleted = true;
    show({ bridge, hash: "#/customers/bin" });
    await row(/无锡锡山阀门厂/);
    expect(screen.getByRole("tab", { name: /回收站/, selected: true })).toBeTruthy();
  });

  test("takes the keys its foot names without a click", async () => {
    const { user } = show();
    await row(/苏州恒锐/);
    expect(document.activeElement).toBe(document.body);
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await card();
    expect(window.location.hash).toMatch(/^#\/customers\/c\d+$/);
    const grid = screen.getByRole("grid", { name: "客户列表" });
    expect(within(grid).getByRole("row", { selected: true }).getAttribute("aria-rowindex")).toBe("3");
  });

  test("is complete in English", async () => {
    show({ language: "en" });
    await row(/苏州恒锐/);
    expect(screen.getByRole("columnheader", { name: /Next contact/ })).toBeTruthy();
    expect(screen.getByText("30 customers")).toBeTruthy();
  });
});

describe("the card", () => {
  test("edits a value where it stands; Enter saves it in the book", async () => {
    const { user, bridge } = show({ hash: "#/customers/c000004" });
    await user.click(within(await card()).getByRole("button", { name: /^合同金额/ }));
    const input = await screen.findByRole("textbox", { name: "改「合同金额」" });
    await user.clear(input);
    await user.type(input, "48万");
    expect(await screen.findByText("会存成 480000.00")).toBeTruthy();
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("img", { name: "已存下" })).toBeTruthy();
    expect(bridge.book.find("c000004").values.get("contract_amount")).toBe("480000.00");
    expect(await within(await card()).findByText("¥480,000.00")).toBeTruthy();
  });

  test("Esc takes back, and an Enter that ends a composition does not save", async () => {
    const { user, bridge } = show({ hash: "#/customers/c000004" });
    const before = bridge.book.find("c000004").values.get("city");
    await user.click(within(await card()).getByRole("button", { name: /^市/ }));
    const input = await screen.findByRole("textbox", { name: "改「市」" });
    await user.type(input, "x");
    fireEvent.keyDown(input, { key: "Enter", isComposing: true, keyCode: 229 });
    expect(bridge.book.find("c000004").values.get("city")).toBe(before);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "改「市」" })).toBeNull());
    expect(bridge.book.find("c000004").values.get("city")).toBe(before);
  });

  test("Tab saves and goes on to the next field", async () => {
    const { user, bridge } = show({ hash: "#/customers/c000004" });
    await user.click(within(await card()).getByRole("button", { name: /^市/ }));
    await user.clear(await screen.findByRole("textbox", { name: "改「市」" }));
    await user.keyboard("无锡市{Tab}");
    expect(await screen.findByRole("textbox", { name: "改「区」" })).toBeTruthy();
    expect(bridge.book.find("c000004").values.get("city")).toBe("无锡市");
  });

  test("a full disk keeps what was typed and says so", async () => {
    const { user, bridge } = show({ hash: "#/customers/c000004" });
    bridge.customers.set = async () => {
      throw new AppError("disk_full");
    };
    await user.click(within(await card()).getByRole("button", { name: /^市/ }));
    await user.type(await screen.findByRole("textbox", { name: "改「市」" }), "区{Enter}");
    expect(await screen.findByText(/磁盘满了，这一处没有存下/)).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "改「市」" }).value).toMatch(/区$/);
  });

  test("what does not look right is said and never blocks", async () => {
    const { user, bridge } = show({ hash: "#/customers/c000004" });
    await user.click(within(await card()).getByRole("button", { name: /^合同金额/ }));
    const input = await screen.findByRole("textbox", { name: "改「合同金额」" });
    await user.clear(input);
    await user.type(input, "很多");
    expect(await screen.findByText("认不出金额，先记为待核")).toBeTruthy();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(bridge.book.find("c000004").values.get("contract_amount")).toBe("很多"));
  });

  test("a sealed value is masked until shown, and again after 30 s", async () => {
    const { user } = show({ hash: "#/customers/c000004" });
    const mobile = within(await card()).getByRole("button", { name: "手机，已遮住，按 Enter 显示" });
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      await user.click(mobile);
      expect(await screen.findByText("137 5510 6618")).toBeTruthy();
      expect(screen.getByText(/秒后遮住/)).toBeTruthy();
      await act(() => vi.advanceTimersByTimeAsync(30_600));
      expect(screen.queryByText("137 5510 6618")).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  test("a sealed value is masked when the window loses the focus", async () => {
    const { user } = show({ hash: "#/customers/c000004" });
    await user.click(within(await card()).getByRole("button", { name: "手机，已遮住，按 Enter 显示" }));
    await screen.findByText("137 5510 6618");
    fireEvent.blur(window);
    await waitFor(() => expect(screen.queryByText("137 5510 6618")).toBeNull());
  });

  test("a section without a key is one line that says who can read it", async () => {
    show({ hash: "#/customers/c000001" });
    expect(await within(await card()).findByText("2 个字段已加密，财务部可以看")).toBeTruthy();
  });

  test("two values are news that leads to the review", async () => {
    const { user } = show({ hash: "#/customers/c000001" });
    expect(await within(await card()).findByText("手机有 2 个值，还没有人决定")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "看看" }));
    expect(window.location.hash).toBe("#/review/conflicts/c000001/mobile");
  });

  test("deleting needs no question; the toast takes it back", async () => {
    const { user, bridge } = show({ hash: "#/customers/c000004" });
    await user.click(within(await card()).getByRole("button", { name: "更多" }));
    await user.click(await screen.findByRole("menuitem", { name: "删除" }));
    await user.click(await screen.findByRole("button", { name: "撤销" }));
    await waitFor(() => expect(bridge.book.find("c000004").deleted).toBe(false));
    await row(/无锡锡山阀门厂/);
  });

  test("Ctrl Z takes back the last act of this window", async () => {
    const { user, bridge } = show({ hash: "#/customers/c000004" });
    const before = bridge.book.find("c000004").values.get("stage");
    await user.click(within(await card()).getByRole("button", { name: "接触" }));
    await waitFor(() => expect(bridge.book.find("c000004").values.get("stage")).toBe("接触"));
    (document.activeElement as HTMLElement | null)?.blur();
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(bridge.book.find("c000004").values.get("stage")).toBe(before));
  });
});

describe("a new customer", () => {
  test("is made by Ctrl Enter and its card opens", async () => {
    const { user, bridge } = show();
    await row(/苏州恒锐/);
    await user.keyboard("n");
    await user.type(await screen.findByLabelText("客户名称"), "绍兴新昌轴承厂");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(bridge.book.customers.at(-1)?.name).toBe("绍兴新昌轴承厂"));
    await waitFor(() => expect(window.location.hash).toBe(`#/customers/${bridge.book.customers.at(-1)?.id}`));
  });

  test("a name that is there already is offered, and what was typed is kept", async () => {
    const first = show();
    await row(/苏州恒锐/);
    await first.user.keyboard("n");
    await first.user.type(await screen.findByLabelText("客户名称"), "无锡锡山阀门厂");
    expect(await screen.findByText("可能已经有了")).toBeTruthy();
    first.unmount();
    const { user } = show();
    await row(/苏州恒锐/);
    await user.keyboard("n");
    expect((await screen.findByLabelText<HTMLInputElement>("客户名称")).value).toBe("无锡锡山阀门厂");
    await user.click(await screen.findByRole("button", { name: "打开它" }));
    await waitFor(() => expect(window.location.hash).toBe("#/customers/c000004"));
  });
});
