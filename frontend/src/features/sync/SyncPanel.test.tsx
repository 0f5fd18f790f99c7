import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
import type { SyncStatus } from "../../bridge/types/sync";
import { dotOf } from "../../lib/syncText";
import { renderOn } from "../../test/render";
import { SyncPanel } from "./SyncPanel";

const later = "改动都存在本机了，连上以后自动发出去。";

async function panel(state: string, waiting: number) {
  const bridge = fakeBridge({ customers: 30 });
  const status = { ...(await bridge.sync.status()), state, pending: waiting };
  const customers = Array.from({ length: waiting }, (_, n) => ({
    id: `c${n}`,
    name: `客户${n}`,
    detail: "",
    matched: "",
  }));
  bridge.sync.pending = async () => ({ total: waiting, customers });
  renderOn(<SyncPanel status={status} onClose={() => undefined} />, { bridge });
}

describe.each(["norelay", "offline"])("the panel of the dot, %s", (state) => {
  test("promises to send only what waits", async () => {
    await panel(state, 0);
    expect(await screen.findByText("没有待发送的")).toBeTruthy();
    expect(screen.queryByText(later)).toBeNull();
  });

  test("says what becomes of customers that wait", async () => {
    await panel(state, 2);
    expect(await screen.findByText("客户1")).toBeTruthy();
    expect(screen.getByText(later)).toBeTruthy();
    expect(screen.queryByText("没有待发送的")).toBeNull();
  });
});

describe("what the relay said", () => {
  async function said(state: string, code: string, language: "zh" | "en" = "zh") {
    const bridge = fakeBridge({ customers: 3 });
    const status = { ...(await bridge.sync.status()), state, code };
    return renderOn(<SyncPanel status={status} onClose={() => undefined} />, { bridge, language });
  }

  test.each([
    ["zh", /中继不认识这台电脑.*什么都没有发出.*设置/],
    ["en", /does not know this computer.*Nothing was sent.*Settings/],
  ] as const)("a relay that denies is no field that another department writes, in %s", async (language, words) => {
    await said("denied", "denied", language);
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.queryByText(/别的部门|Another department/)).toBeNull();
  });

  test.each([
    ["offline", "unsupported_version", /版本/],
    ["offline", "charter_fork", /分成了两份/],
    ["fork", "", /两份章程/],
    ["identity", "relay_identity", /身份/],
    ["syncing", "quota", /空间满了.*管理中继的人/],
    ["syncing", "device_forked", /旧备份/],
  ])("%s, %s has a sentence of its own", async (state, code, words) => {
    await said(state, code);
    expect((await screen.findAllByText(words)).length).toBeGreaterThan(0);
  });

  test("a value that was refused is not why syncing stands", async () => {
    await said("rejected", "too_large");
    await screen.findByText("没有待发送的");
    expect(screen.queryByText(/太大/)).toBeNull();
  });
});

test("a book that forked is not said to be synced", () => {
  expect(dotOf({ state: "fork", rejected: 0 } as SyncStatus)).toBe("red");
});

test("edits that wait and the customers they are of are counted with their units", async () => {
  const bridge = fakeBridge({ customers: 3 });
  const status = { ...(await bridge.sync.status()), state: "offline", pending: 2250 };
  const customers = Array.from({ length: 200 }, (_, n) => ({ id: `c${n}`, name: `客户${n}`, detail: "", matched: "" }));
  bridge.sync.pending = async () => ({ total: 1948, customers });
  renderOn(<SyncPanel status={status} onClose={() => undefined} />, { bridge });
  expect(await screen.findByText("2,250 处改动待发送，涉及 1,948 位客户")).toBeTruthy();
  expect(screen.getByText("还有 1,940 位")).toBeTruthy();
});

test("what waits is the same number everywhere, also where it is no customer's", async () => {
  const bridge = fakeBridge({ customers: 3 });
  const status = { ...(await bridge.sync.status()), state: "offline", pending: 1 };
  bridge.sync.pending = async () => ({ total: 0, customers: [] });
  renderOn(<SyncPanel status={status} onClose={() => undefined} />, { bridge });
  expect(await screen.findByText("1 处改动待发送")).toBeTruthy();
  expect(screen.getByText(later)).toBeTruthy();
  expect(screen.queryByText("没有待发送的")).toBeNull();
});
