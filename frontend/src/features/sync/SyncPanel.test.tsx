import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
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
