import { useQuery } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { useBridge } from "../../bridge/context";
import { AppError } from "../../bridge/errors";
import { fakeBridge } from "../../bridge/fake/fake";
import { keys } from "../../bridge/keys";
import type { SyncStatus } from "../../bridge/types/sync";
import { renderOn } from "../../test/render";
import { RelayRow } from "./RelayRow";

function Row() {
  const bridge = useBridge();
  const status = useQuery({ queryKey: keys.sync(), queryFn: () => bridge.sync.status() });
  return status.data ? <RelayRow status={status.data} owner /> : null;
}

async function row(relay: Partial<SyncStatus>, set?: (address: string) => void, language: "zh" | "en" = "zh") {
  const bridge = fakeBridge({ customers: 3 });
  const { relay: address = "", relayKey: key = "" } = relay;
  let status = { ...(await bridge.sync.status()), relays: address ? [{ address, key }] : [], ...relay };
  bridge.sync.status = async () => status;
  bridge.sync.setRelay = async (address) => {
    set?.(address);
    status = { ...status, relay: address, relayKey: "" };
    return status;
  };
  return renderOn(<Row />, { bridge, language });
}

describe("the relay in the settings", () => {
  test("one that was never met can be let go again", async () => {
    const said: string[] = [];
    const { user } = await row({ relay: "127.0.0.1:1", relayMet: false }, (address) => said.push(address));
    await user.click(await screen.findByRole("button", { name: "更换…" }));
    expect(screen.queryByText(/都留着/)).toBeNull();
    await user.click(screen.getByRole("button", { name: "不用中继" }));
    await waitFor(() => expect(said).toEqual([""]));
  });

  // Without the key whoever answers at the mended address would be taken (WI18).
  test("one that was never met keeps its key while its address is mended", async () => {
    const said: string[] = [];
    const key = "ab".repeat(32);
    const never = { relay: "tongce.example:8434", relayKey: key, relayMet: false };
    const { user } = await row(never, (address) => said.push(address));
    await user.click(await screen.findByRole("button", { name: "更换…" }));
    const field = screen.getByRole<HTMLInputElement>("textbox", { description: /#密钥/ });
    expect(field.value).toBe(`tongce.example:8434#${key}`);
    field.setSelectionRange(15, 19);
    await user.keyboard("8443{Enter}");
    await waitFor(() => expect(said).toEqual([`tongce.example:8443#${key}`]));
  });

  test.each([
    ["zh", "再加一个…", "保存", /都留着.*和它们一起用/, "不用中继", /更换|替换/],
    ["en", "Add another…", "Save", /stay.*used beside them/, "No relay", /[Cc]hange/],
  ] as const)(
    "beside one that was met another is added, and none replaced, in %s",
    async (language, another, save, stays, none, replaces) => {
      const said: string[] = [];
      const met = { relay: "tongce.example:8443", relayKey: "ab".repeat(32), relayMet: true };
      const second = { address: "old.example:8443", key: "0c".repeat(32) };
      const relays = [second, { address: met.relay, key: met.relayKey }];
      const { user, container } = await row({ ...met, relays }, (address) => said.push(address), language);
      // The one that is in use stands first.
      const shown = await screen.findAllByText(/example:8443/);
      expect(shown.map((line) => [line.title, line.textContent?.split(/[，,]/)[0]])).toEqual([
        [met.relayKey, met.relay],
        [second.key, second.address],
      ]);
      await user.click(screen.getByRole("button", { name: another }));
      expect(screen.getByText(stays)).toBeTruthy();
      expect(screen.queryByRole("button", { name: none })).toBeNull();
      expect(container.textContent).not.toMatch(replaces);
      const field = screen.getByRole<HTMLInputElement>("textbox");
      expect(field.value).toBe("");
      await user.type(field, "new.example:8443#abab");
      await user.click(screen.getByRole("button", { name: save }));
      await waitFor(() => expect(said).toEqual(["new.example:8443#abab"]));
    },
  );

  test.each([
    ["zh", "填中继地址", "保存", /不是公司的中继.*核对地址和密钥/],
    ["en", "Add a relay", "Save", /than your company's.*Check address and key/],
  ] as const)("another key is told to who has no invite, in %s", async (language, add, save, words) => {
    const refuse = () => {
      throw new AppError("corrupt", { params: { reason: "relay_identity" } });
    };
    const { user } = await row({ relay: "", relayMet: false }, refuse, language);
    await user.click(await screen.findByRole("button", { name: add }));
    await user.type(screen.getByRole("textbox"), "127.0.0.1:8443#abab");
    await user.click(screen.getByRole("button", { name: save }));
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.queryByText(/邀请|invite/)).toBeNull();
  });
});
