import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { type FakeBridge, fakeBridge } from "../bridge/fake/fake";
import { renderOn } from "../test/render";
import { App } from "./App";
import { Preferences } from "./preferences";

beforeEach(() => {
  window.location.hash = "";
});

// asOwner makes the person who founded the book of whoever has it open.
function asOwner(bridge: FakeBridge) {
  const state = bridge.start.state;
  bridge.start.state = async () => {
    const now = await state();
    return { ...now, role: "founder", abilities: [...now.abilities, "owner"] };
  };
}

describe("the palette", () => {
  test("Ctrl K, three letters, Enter opens the card", async () => {
    const { user } = renderOn(<App />, { customers: 30 });
    await screen.findByRole("navigation", { name: "主导航" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "搜索客户和命令" }), "无锡锡山");
    const first = await screen.findByRole("option", { name: /无锡锡山\s*阀门厂/ });
    expect(first.getAttribute("aria-selected")).toBe("true");
    await user.keyboard("{Enter}");
    expect(window.location.hash).toBe("#/customers/c000004");
    expect(screen.queryByRole("combobox", { name: "搜索客户和命令" })).toBeNull();
  });

  test("Tab leads to what can be done with the chosen customer, and with no other", async () => {
    const { user } = renderOn(<App />, { customers: 30 });
    await screen.findByRole("navigation", { name: "主导航" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "搜索客户和命令" }), "有限公司");
    const list = screen.getByRole("listbox");
    const found = () => within(within(list).getByRole("group", { name: "客户" })).getAllByRole("option");
    await waitFor(() => expect(found().length).toBe(8));
    await user.keyboard("{ArrowDown}{ArrowDown}");
    const chosen = screen.getByRole("option", { selected: true });
    expect(chosen).toBe(found()[2]);
    const name = chosen.querySelector("span")?.textContent ?? "-";
    expect(within(list).getByRole("group", { name: new RegExp(name) })).toBeTruthy();
    await user.keyboard("{Tab}");
    expect(screen.getByRole("option", { selected: true }).textContent).toContain("历史");
    expect(within(list).getByRole("group", { name: new RegExp(name) })).toBeTruthy();
    await user.keyboard("{Enter}");
    expect(window.location.hash).toBe("#/history/c000003");
  });

  test("> lists commands only; Esc closes", async () => {
    const { user } = renderOn(<App />, { customers: 30 });
    await screen.findByRole("navigation", { name: "主导航" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "搜索客户和命令" }), ">设置");
    const options = await screen.findAllByRole("option");
    expect(options.map((o) => o.textContent)).toEqual([expect.stringContaining("设置")]);
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("combobox", { name: "搜索客户和命令" })).toBeNull();
  });

  test("finds the recycle bin", async () => {
    const { user } = renderOn(<App />, { customers: 30 });
    await screen.findByRole("navigation", { name: "主导航" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "搜索客户和命令" }), ">回收");
    await user.keyboard("{Enter}");
    expect(window.location.hash).toBe("#/customers/bin");
    expect(await screen.findByText("回收站是空的")).toBeTruthy();
  });

  test("leads to the recycle bin again, whatever was looked at meanwhile, with no row chosen", async () => {
    const bridge = fakeBridge({ customers: 30 });
    const removed = bridge.book.find("c000004");
    removed.deleted = true;
    const { user } = renderOn(<App />, { bridge });
    const bin = async () => {
      await user.keyboard("{Control>}k{/Control}");
      await user.type(await screen.findByRole("combobox", { name: "搜索客户和命令" }), ">回收{Enter}");
      await waitFor(() =>
        expect(screen.getByRole("tab", { name: "回收站" }).getAttribute("aria-selected")).toBe("true"),
      );
      await screen.findByRole("row", { name: /无锡锡山阀门厂/ });
    };
    await screen.findByRole("navigation", { name: "主导航" });
    await bin();
    await user.click(screen.getByRole("tab", { name: /^全部/ }));
    await screen.findByRole("row", { name: /苏州恒锐/ });
    expect(window.location.hash).toBe("#/customers");
    screen.getByRole("grid", { name: "客户列表" }).focus();
    await user.keyboard("{ArrowDown}");
    expect(screen.getByRole("row", { selected: true })).toBeTruthy();
    await bin();
    expect(screen.queryByRole("row", { selected: true })).toBeNull();
  });

  test("Ctrl Enter takes the words to the list", async () => {
    const { user } = renderOn(<App />, { customers: 30 });
    await screen.findByRole("navigation", { name: "主导航" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "搜索客户和命令" }), "宁波{Control>}{Enter}{/Control}");
    expect(await screen.findByText(/已筛选/)).toBeTruthy();
  });
});

describe("the page of keys", () => {
  test("? shows the keys that are valid here", async () => {
    const { user } = renderOn(<App />, { customers: 30 });
    await screen.findByRole("navigation", { name: "主导航" });
    await user.keyboard("?");
    const dialog = await screen.findByRole("dialog", { name: "快捷键" });
    expect(within(dialog).getByRole("heading", { name: "列表" })).toBeTruthy();
    expect(within(dialog).queryByRole("heading", { name: "两个值" })).toBeNull();
  });
});

test("G C leads home from a choice among a few, which is no text", async () => {
  window.location.hash = "#/settings/look";
  const { user } = renderOn(<App />, { customers: 30 });
  const [choice] = await screen.findAllByRole("radio");
  choice?.focus();
  expect(document.activeElement).toBe(choice);
  await user.keyboard("gc");
  await waitFor(() => expect(window.location.hash).toBe("#/customers"));
});

describe("the recovery kit", () => {
  test("one that was confirmed is replaced after a question, and is pending until it is typed back", async () => {
    window.location.hash = "#/settings/sync";
    const bridge = fakeBridge({ customers: 3 });
    asOwner(bridge);
    const { user } = renderOn(<App />, { bridge });
    await user.click(await screen.findByRole("button", { name: "换一份新的…" }));
    const question = await screen.findByRole("dialog", { name: "换一份新的恢复套件？" });
    await user.click(within(question).getByRole("button", { name: "换一份新的" }));
    expect(await screen.findByRole("heading", { name: "保存恢复套件" })).toBeTruthy();
    expect(screen.queryByText("第 2 步，共 2 步")).toBeNull();
    await user.click(screen.getByRole("button", { name: "以后再做" }));
    expect(await screen.findByRole("link", { name: "恢复套件还没保存" })).toBeTruthy();
  });
});

describe("the dot at the foot", () => {
  test.each([
    ["synced", "已同步"],
    ["syncing", "正在同步 3,214\\s/\\s10,000"],
    ["norelay", "没有中继，只在本机"],
    ["diskfull", "没有存下，磁盘满"],
    ["healing", "中继换过数据，正在把它缺的补上去"],
  ])("%s", async (state, words) => {
    renderOn(<App />, { customers: 3, sync: state });
    expect(await screen.findByRole("button", { name: new RegExp(words) })).toBeTruthy();
  });

  test("offline counts what is to be sent and lists the customers", async () => {
    const bridge = fakeBridge({ customers: 30, sync: "offline" });
    for (const c of bridge.book.customers.slice(0, 3)) c.pending = true;
    const { user } = renderOn(<App />, { bridge });
    await user.click(await screen.findByRole("button", { name: /离线 · 3 处待发送/ }));
    const list = await screen.findByRole("list", { name: "待发送" });
    expect(within(list).getAllByRole("listitem").length).toBe(3);
    await user.click(screen.getByRole("button", { name: "宁波海沃泵业有限公司" }));
    expect(window.location.hash).toBe("#/customers/c000002");
  });
});

describe("files that are dropped anywhere", () => {
  async function dropped(paths: string[]) {
    const bridge = fakeBridge({ customers: 3 });
    let listen: (paths: string[]) => void = () => undefined;
    bridge.files.onDrop = (on) => {
      listen = on;
      return () => undefined;
    };
    renderOn(<App />, { bridge });
    await screen.findByRole("navigation", { name: "主导航" });
    await act(async () => listen(paths));
    return bridge;
  }

  test("become one import, without the one that cannot be opened", async () => {
    const bridge = await dropped(["D:\\一 20.xlsx", "D:\\旧表.xls", "D:\\二 30.csv", "/三 30.csv"]);
    expect((await screen.findByRole("alert")).textContent).toMatch(/^「旧表.xls」没有打开。这是旧的/);
    const job = window.location.hash.replace("#/import/", "");
    expect((await bridge.imports.view(job)).files).toEqual(["一 20.xlsx", "二 30.csv", "三 30.csv"]);
  });

  test("are named when none can be opened", async () => {
    await dropped(["/旧表.xls", "/更旧.xls"]);
    expect(await screen.findByText(/「旧表.xls」没有打开。.*「更旧.xls」没有打开。/)).toBeTruthy();
    expect(window.location.hash).not.toContain("import");
  });
});

describe("settings", () => {
  test("language and theme work at once", async () => {
    window.location.hash = "#/settings/look";
    const bridge = fakeBridge({ customers: 3 });
    await bridge.settings.setLanguage("zh");
    const { user } = renderOn(
      <Preferences>
        <App />
      </Preferences>,
      { bridge },
    );
    await user.click(await screen.findByText("English"));
    expect(await screen.findByRole("heading", { name: "Settings" })).toBeTruthy();
    await user.click(screen.getByText("Dark"));
    await waitFor(() => expect(document.documentElement.dataset["theme"]).toBe("dark"));
  });

  test("the relay is changed in place", async () => {
    window.location.hash = "#/settings/sync";
    const bridge = fakeBridge({ customers: 3, sync: "norelay" });
    asOwner(bridge);
    const { user } = renderOn(<App />, { bridge });
    await user.click(await screen.findByRole("button", { name: "填中继地址" }));
    await user.type(screen.getByLabelText("地址和端口"), "relay.example:8443{Enter}");
    await waitFor(async () => expect((await bridge.sync.status()).relay).toBe("relay.example:8443"));
    expect(await screen.findByText(/relay\.example:8443/)).toBeTruthy();
  });

  test("an invite is a link that works once", async () => {
    window.location.hash = "#/settings/sync/invite";
    const { user } = renderOn(<App />, { customers: 3 });
    const dialog = await screen.findByRole("dialog", { name: "邀请同事" });
    await user.click(within(dialog).getByRole("button", { name: "生成邀请" }));
    expect((await screen.findByLabelText<HTMLTextAreaElement>("邀请链接")).value).toMatch(/^tongce:\/\/join\//);
  });
});

test("Ctrl L locks: no names stay on the screen", async () => {
  const { user } = renderOn(<App />, { customers: 5 });
  await screen.findByRole("navigation", { name: "主导航" });
  await user.keyboard("{Control>}l{/Control}");
  expect(await screen.findByText("输入口令，打开客户册。")).toBeTruthy();
  expect(screen.queryByText(/苏州恒锐/)).toBeNull();
});

test("a damaged file is named, with its folder, and the kit is not offered for it", async () => {
  const bridge = fakeBridge({ start: "locked" });
  const state = await bridge.start.state();
  bridge.start.state = async () => ({
    ...state,
    reason: "damaged",
    damaged: "store/db/000003.sst",
    dataDir: "D:\\客户册",
  });
  renderOn(<App />, { bridge });
  const text = await screen.findByText(/store\/db\/000003\.sst/);
  expect(text.textContent).toContain("D:\\客户册");
  expect(screen.queryByRole("button", { name: "用恢复套件打开" })).toBeNull();
  expect(screen.getByRole("button", { name: /再试/ })).toBeTruthy();
});

test("a book that is open elsewhere names by whom and offers nothing but to try again", async () => {
  const bridge = fakeBridge({ start: "locked" });
  const state = await bridge.start.state();
  bridge.start.state = async () => ({ ...state, reason: "elsewhere", holder: "CAIWU-01", holderPid: 4711 });
  renderOn(<App />, { bridge });
  expect(await screen.findByText(/进程 4711，电脑 CAIWU-01/)).toBeTruthy();
  expect(screen.queryByLabelText("口令")).toBeNull();
  expect(screen.queryByRole("button", { name: "用恢复套件打开" })).toBeNull();
  expect(screen.getByRole("button", { name: /再试/ })).toBeTruthy();
});
