import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../bridge/errors";
import { type FakeBridge, fakeBridge } from "../../bridge/fake/fake";
import type { ExportRequest, ListRequest } from "../../bridge/types/customers";
import { useRoute } from "../../lib/route";
import { renderOn } from "../../test/render";
import { CustomersPage } from "./CustomersPage";

function Routed() {
  return <CustomersPage path={useRoute().path} />;
}

function show(bridge: FakeBridge = fakeBridge({ customers: 30 })) {
  return renderOn(<Routed />, { bridge });
}

const row = (name: RegExp) => screen.findByRole("row", { name });

beforeEach(() => {
  window.location.hash = "";
});

describe("search", () => {
  // held answers each question about a text only when it is told to.
  function held() {
    const bridge = fakeBridge({ customers: 30 });
    const asked: string[] = [];
    const waiting: (() => void)[] = [];
    const list = bridge.customers.list;
    bridge.customers.list = async (request) => {
      if (request.text === "") return list(request);
      asked.push(request.text);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return list(request);
    };
    return { bridge, asked, answer: () => act(async () => waiting.shift()?.()) };
  }

  test("a key asks at once", async () => {
    const { bridge, asked } = held();
    show(bridge);
    await row(/宁波海沃/);
    fireEvent.change(screen.getByRole("textbox", { name: "在客户里搜索" }), { target: { value: "宁" } });
    expect(asked).toEqual(["宁"]);
  });

  test("what is typed while an answer is on its way is asked after it, and only the last of it", async () => {
    const { bridge, asked, answer } = held();
    show(bridge);
    await row(/苏州恒锐/);
    const box = screen.getByRole("textbox", { name: "在客户里搜索" });
    for (const value of ["宁", "宁波", "宁波海", "宁波海沃 "]) fireEvent.change(box, { target: { value } });
    expect(asked).toEqual(["宁"]);
    await answer();
    await waitFor(() => expect(asked).toEqual(["宁", "宁波海沃"]));
    await answer();
    await row(/宁波海沃/);
    expect(await screen.findByText("已筛选 1 / 30 位客户")).toBeTruthy();
    expect(asked).toEqual(["宁", "宁波海沃"]);
  });

  test("a question that fails does not keep the next one", async () => {
    const bridge = fakeBridge({ customers: 30 });
    const list = bridge.customers.list;
    bridge.customers.list = (request) =>
      request.text === "宁" ? Promise.reject(new AppError("internal")) : list(request);
    show(bridge);
    await row(/苏州恒锐/);
    const box = screen.getByRole("textbox", { name: "在客户里搜索" });
    fireEvent.change(box, { target: { value: "宁" } });
    fireEvent.change(box, { target: { value: "宁波海沃" } });
    await row(/宁波海沃/);
  });
});

describe("filters", () => {
  test("a condition that is still being written leaves the list as it is", async () => {
    const bridge = fakeBridge({ customers: 30 });
    const asked: ListRequest[] = [];
    const list = bridge.customers.list;
    bridge.customers.list = (request) => {
      asked.push(request);
      return list(request);
    };
    const { user } = show(bridge);
    await row(/苏州恒锐/);
    await user.click(screen.getByRole("button", { name: "筛选" }));
    await user.click(await screen.findByRole("button", { name: "条件" }));
    await user.click(await screen.findByRole("menuitem", { name: "阶段" }));
    await screen.findByRole("checkbox", { name: "报价" });
    await row(/苏州恒锐/);
    expect(asked.flatMap((r) => r.filters).filter((f) => f.field === "stage")).toEqual([]);
    expect(screen.queryByText(/已筛选/)).toBeNull();
  });

  test("nothing found names what costs most, with how many there would be", async () => {
    const bridge = fakeBridge({ customers: 30 });
    const lost = bridge.book.customers.filter((c) => c.values.get("stage") === "流失").length;
    expect(lost).toBeGreaterThan(1);
    window.location.hash = "#/customers/search/宁波海沃";
    const { user } = show(bridge);
    await row(/宁波海沃/);
    await user.click(screen.getByRole("button", { name: "筛选" }));
    await user.click(await screen.findByRole("button", { name: "条件" }));
    await user.click(await screen.findByRole("menuitem", { name: "阶段" }));
    await user.click(await screen.findByRole("checkbox", { name: "流失" }));
    expect(await screen.findByText(`没有符合的客户。去掉「搜索的字」就有 ${lost} 位。`)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "去掉「阶段」，1 位" }));
    await row(/宁波海沃/);
  });
});

test("an error of the list is told in its place", async () => {
  const bridge = fakeBridge({ customers: 30 });
  const list = bridge.customers.list;
  bridge.customers.list = async (request) => {
    if (request.limit > 1) throw new AppError("corrupt");
    return list(request);
  };
  show(bridge);
  expect(await screen.findByText(/^有一部分数据读不出来/)).toBeTruthy();
});

describe("the export", () => {
  function watched() {
    const bridge = fakeBridge({ customers: 30 });
    const asked: ExportRequest[] = [];
    const write = bridge.customers.export;
    bridge.customers.export = (request) => {
      asked.push(request);
      return write(request);
    };
    return { bridge, asked };
  }

  test("takes the list's customers and columns; sealed ones are off", async () => {
    const { bridge, asked } = watched();
    const { user } = show(bridge);
    await user.type(await screen.findByRole("textbox", { name: "在客户里搜索" }), "宁波海沃");
    await screen.findByText("已筛选 1 / 30 位客户");
    await user.click(screen.getByRole("button", { name: "导出" }));
    const dialog = await screen.findByRole("dialog", { name: "导出客户" });
    expect(within(dialog).getByRole<HTMLInputElement>("checkbox", { name: "手机" }).checked).toBe(false);
    await user.click(within(dialog).getByRole("button", { name: "导出 1 位" }));
    expect(await screen.findByText("1 位客户已存到 /tmp/客户.xlsx")).toBeTruthy();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ format: "xlsx", sealed: false, list: { text: "宁波海沃" } });
    expect(asked[0]?.list.fields).toContain("stage");
    expect(asked[0]?.list.fields).not.toContain("mobile");
  });

  test("says that a sealed column is not sealed in the file", async () => {
    const { bridge, asked } = watched();
    const { user } = show(bridge);
    await row(/苏州恒锐/);
    await user.click(screen.getByRole("button", { name: "导出" }));
    const dialog = await screen.findByRole("dialog", { name: "导出客户" });
    await user.click(within(dialog).getByRole("checkbox", { name: "手机" }));
    expect(within(dialog).getByText("文件里这 1 列没有加密，谁拿到都能看。")).toBeTruthy();
    await user.click(within(dialog).getByText("CSV"));
    await user.click(within(dialog).getByRole("button", { name: "导出 30 位" }));
    await waitFor(() => expect(asked[0]).toMatchObject({ format: "csv", sealed: true }));
  });
});

describe("what a role may not do is absent", () => {
  test("export and delete", async () => {
    const bridge = fakeBridge({ customers: 30 });
    const state = bridge.start.state;
    bridge.start.state = async () => ({ ...(await state()), abilities: ["import"] });
    window.location.hash = "#/customers/c000004";
    const { user } = show(bridge);
    await user.click(await screen.findByRole("button", { name: "更多" }));
    await screen.findByRole("menuitem", { name: /历史/ });
    expect(screen.queryByRole("menuitem", { name: "删除" })).toBeNull();
    expect(screen.queryByRole("button", { name: "导出" })).toBeNull();
  });
});

test("Ctrl Shift Z does again what Ctrl Z took back", async () => {
  const bridge = fakeBridge({ customers: 30 });
  const stage = () => bridge.book.find("c000004").values.get("stage");
  const before = stage();
  window.location.hash = "#/customers/c000004";
  const { user } = show(bridge);
  await user.click(await screen.findByRole("button", { name: "接触" }));
  await waitFor(() => expect(stage()).toBe("接触"));
  (document.activeElement as HTMLElement | null)?.blur();
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(stage()).toBe(before));
  await screen.findByText("已撤销");
  await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
  await waitFor(() => expect(stage()).toBe("接触"));
});

describe("what is not there yet", () => {
  test("says how far the index is", async () => {
    const bridge = fakeBridge({ customers: 30 });
    const status = bridge.sync.status;
    bridge.sync.status = async () => ({ ...(await status()), indexed: 41000, toIndex: 100268, indexSeconds: 12 });
    show(bridge);
    expect(await screen.findByText("正在重建目录 41,000 / 100,268，约 12 秒。客户资料没有变化。")).toBeTruthy();
  });

  test("a book without an index does not look empty", async () => {
    const bridge = fakeBridge({ customers: 0 });
    const status = bridge.sync.status;
    bridge.sync.status = async () => ({ ...(await status()), toIndex: 1 });
    show(bridge);
    expect(await screen.findByText("正在重建目录。客户资料没有变化。")).toBeTruthy();
    expect(screen.queryByText("这本客户册还是空的")).toBeNull();
  });

  test("says what is on its way", async () => {
    show(fakeBridge({ customers: 30, sync: "syncing" }));
    expect(await screen.findByText("还有 6,786 处改动在路上，搜不到不等于没有。")).toBeTruthy();
  });
});
