import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
import { App } from "../../shell/App";
import { renderOn } from "../../test/render";

beforeEach(() => {
  window.location.hash = "";
});

const fresh = () => renderOn(<App />, { bridge: fakeBridge({ start: "none" }) });

describe("joining", () => {
  test("says whose workspace, which role and until when before anything is done", async () => {
    const { user } = fresh();
    await user.type(await screen.findByRole("textbox", { name: "邀请链接" }), "tongce://join/jincheng/7Q4M");
    expect(await screen.findByText("锦成机电")).toBeTruthy();
    expect(screen.getByText("同事，华东一部")).toBeTruthy();
    expect(screen.getByText(/只能用一次/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "加入" }));
    expect(await screen.findByRole("navigation", { name: "主导航" })).toBeTruthy();
  });

  test("a used invite is told, with what to do", async () => {
    const { user } = fresh();
    await user.type(await screen.findByRole("textbox", { name: "邀请链接" }), "tongce://join/used");
    expect(await screen.findByText("这份邀请用过了。如果不是你用的，告诉邀请人。")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "加入" })).toBeNull();
  });

  test("a relay that does not answer is told, and the wait can be stopped and begun again", async () => {
    const { user } = fresh();
    await user.type(await screen.findByRole("textbox", { name: "邀请链接" }), "tongce://join/away");
    expect(await screen.findByText("正在连接邀请里的中继", {}, { timeout: 5000 })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "取消" }));
    await user.click(await screen.findByRole("button", { name: "再试" }));
    expect(await screen.findByText("正在连接邀请里的中继", {}, { timeout: 5000 })).toBeTruthy();
  });

  test("a relay that is away does not use the invite up, and says so", async () => {
    const { user } = fresh();
    await user.type(await screen.findByRole("textbox", { name: "邀请链接" }), "tongce://join/offline");
    expect(await screen.findByText(/连不上邀请里的中继。邀请还能用/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "再试" })).toBeTruthy();
  });

  test("what is no invite is not sent on", async () => {
    const { user } = fresh();
    await user.type(await screen.findByRole("textbox", { name: "邀请链接" }), "hello");
    expect(await screen.findByText(/这不是一份邀请/)).toBeTruthy();
  });
});

async function create(user: ReturnType<typeof fresh>["user"]) {
  await user.click(await screen.findByRole("button", { name: /新建工作区/ }));
  await user.type(screen.getByLabelText("公司或团队名称"), "锦成机电");
  await user.type(screen.getByLabelText("你的部门"), "总经办");
  await user.click(screen.getByRole("button", { name: "新建" }));
}

describe("creating", () => {
  test("the kit comes between: two groups must be typed back as printed", async () => {
    const { user, bridge } = fresh();
    await create(user);
    await screen.findByRole("heading", { name: "保存恢复套件" });
    const kit = await bridge.start.kit();
    const [a = 0, b = 0] = kit.ask;
    await user.type(screen.getByRole("textbox", { name: `第 ${a + 1} 组` }), "WRONG");
    await user.type(screen.getByRole("textbox", { name: `第 ${b + 1} 组` }), kit.groups[b] ?? "");
    await user.click(screen.getByRole("button", { name: /完成/ }));
    expect(await screen.findByText(/和套件上的不一样/)).toBeTruthy();
    await user.clear(screen.getByRole("textbox", { name: `第 ${a + 1} 组` }));
    await user.type(screen.getByRole("textbox", { name: `第 ${a + 1} 组` }), (kit.groups[a] ?? "").toLowerCase());
    await user.click(screen.getByRole("button", { name: /完成/ }));
    await screen.findByRole("navigation", { name: "主导航" });
    expect(screen.queryByText("恢复套件还没保存")).toBeNull();
  });

  test("put off, the rail reminds until it is done", async () => {
    const { user } = fresh();
    await create(user);
    await user.click(await screen.findByRole("button", { name: "以后再做" }));
    expect(await screen.findByRole("link", { name: "恢复套件还没保存" })).toBeTruthy();
  });

  test("without a keyring a passphrase is asked, long enough and twice the same", async () => {
    const bridge = fakeBridge({ start: "none" });
    const state = bridge.start.state;
    bridge.start.state = async () => ({ ...(await state()), keyring: false });
    let sent = "";
    bridge.start.passphrase = async (text) => {
      sent = text;
    };
    const { user } = renderOn(<App />, { bridge });
    await user.click(await screen.findByRole("button", { name: /新建工作区/ }));
    await user.type(screen.getByLabelText("公司或团队名称"), "锦成机电");
    await user.type(screen.getByLabelText("你的部门"), "总经办");
    const button = screen.getByRole<HTMLButtonElement>("button", { name: "新建" });
    await user.type(screen.getByLabelText("口令"), "短");
    expect(screen.getByText("口令至少 10 个字符")).toBeTruthy();
    await user.type(screen.getByLabelText("口令"), "一二三四五六七八九十");
    expect(button.disabled).toBe(true);
    await user.type(screen.getByLabelText("再输一次"), "短一二三四五六七八九十");
    await user.click(button);
    await screen.findByRole("heading", { name: "保存恢复套件" });
    expect(sent).toBe("短一二三四五六七八九十");
  });
});

describe("the sample", () => {
  test("opens with a band that clears it", async () => {
    const { user } = fresh();
    await user.click(await screen.findByRole("button", { name: /先看看示例/ }));
    await user.click(screen.getByRole("button", { name: "打开示例" }));
    await user.click(await screen.findByRole("button", { name: "清掉，开始自己的" }));
    expect(await screen.findByRole("heading", { name: "怎么开始？" })).toBeTruthy();
  });
});

describe("a locked book", () => {
  test("shows no names and opens with the right passphrase only", async () => {
    const { user } = renderOn(<App />, { bridge: fakeBridge({ start: "locked" }) });
    const box = await screen.findByLabelText("口令");
    expect(screen.queryByText(/苏州恒锐/)).toBeNull();
    await user.type(box, "wrong{Enter}");
    expect(await screen.findByText("口令不对。客户册没有变，再输一次。")).toBeTruthy();
    await user.clear(screen.getByLabelText("口令"));
    await user.type(screen.getByLabelText("口令"), "right one{Enter}");
    expect(await screen.findByRole("navigation", { name: "主导航" })).toBeTruthy();
  });

  test.each([
    ["disk_full", /磁盘满了，客户册没有打开/, false],
    ["corrupt", /什么都没有删/, true],
    ["unsupported_version", /更新同册再打开/, false],
    ["wrong_secret", /这把钥匙打不开/, true],
    ["a_new_one", /没有打开，原因不明/, true],
  ])("that did not open says why: %s", async (reason, words, kit) => {
    renderOn(<App />, { bridge: fakeBridge({ start: "locked", reason }) });
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByRole("button", { name: "再试" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "用恢复套件打开" }) !== null).toBe(kit);
  });

  test("opens with the recovery kit", async () => {
    const bridge = fakeBridge({ start: "locked" });
    const { user } = renderOn(<App />, { bridge });
    await user.click(await screen.findByRole("button", { name: "用恢复套件打开" }));
    const { groups } = await bridge.start.kit();
    await user.type(screen.getByLabelText("套件上的 6 组字符"), `${groups.join(" ")}{Enter}`);
    await waitFor(() => expect(screen.queryByRole("navigation", { name: "主导航" })).toBeTruthy());
  });
});
