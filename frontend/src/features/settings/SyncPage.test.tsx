import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
import type { InviteRequest, StartState } from "../../bridge/types/start";
import { renderOn } from "../../test/render";
import { SyncPage } from "./SyncPage";

async function page(change: Partial<StartState>, inviting = false) {
  const bridge = fakeBridge({ customers: 3 });
  const asked: InviteRequest[] = [];
  const invite = bridge.start.invite;
  bridge.start.invite = (request) => {
    asked.push(request);
    return invite(request);
  };
  const settings = await bridge.settings.get();
  const [one] = settings.devices;
  if (one) settings.devices.push({ ...one, id: "kit", here: false, kit: true });
  const state = { ...(await bridge.start.state()), ...change };
  const view = renderOn(<SyncPage settings={settings} state={state} inviting={inviting} onKit={() => undefined} />, {
    bridge,
  });
  await screen.findByText("已同步");
  return { ...view, asked };
}

describe("what always fails is not offered", () => {
  test("to who does not own the book: another relay", async () => {
    const { container } = await page({ abilities: ["import"] });
    expect(container.textContent).toContain("tongce.jincheng.example:8443，指纹");
    expect(screen.queryByRole("button", { name: "再加一个…" })).toBeNull();
    expect(screen.queryByRole("button", { name: "邀请同事" })).toBeNull();
  });

  test("to who does: it is", async () => {
    await page({ abilities: ["import", "admin", "owner", "invite"] });
    expect(screen.getByRole("button", { name: "再加一个…" })).toBeTruthy();
    expect(screen.getByRole("button", { name: "邀请同事" })).toBeTruthy();
  });

  test("an invite as founder: an invite lets a colleague in (IN5)", async () => {
    const { user, asked } = await page({ abilities: ["invite"] }, true);
    const make = await screen.findByRole("button", { name: "生成邀请" });
    expect(screen.queryByRole("combobox", { name: "角色" })).toBeNull();
    expect(document.body.textContent).not.toContain("创始人，");
    expect(screen.getByText("同事")).toBeTruthy();
    await user.click(make);
    await waitFor(() => expect(asked.map((a) => a.role)).toEqual(["colleague"]));
  });

  test("in the sample: a relay, and a kit and a passphrase that nobody has", async () => {
    const { container } = await page({ sample: true, abilities: ["import", "admin", "owner"] });
    expect(container.textContent).not.toMatch(/指纹|填中继|再加一个|恢复套件|打印|口令|钥匙/);
    expect(container.textContent).toContain("本机");
  });
});
