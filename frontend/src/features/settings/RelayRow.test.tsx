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
  return status.data ? <RelayRow status={status.data} /> : null;
}

async function row(relay: Partial<SyncStatus>, set?: (address: string) => void, language: "zh" | "en" = "zh") {
  const bridge = fakeBridge({ customers: 3 });
  let status = { ...(await bridge.sync.status()), ...relay };
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
    expect(screen.queryByText(/只能更换/)).toBeNull();
    await user.click(screen.getByRole("button", { name: "不用中继" }));
    await waitFor(() => expect(said).toEqual([""]));
  });

  test("one that was met can be replaced only", async () => {
    const { user } = await row({ relay: "tongce.example:8443", relayMet: true });
    await user.click(await screen.findByRole("button", { name: "更换…" }));
    expect(screen.getByText(/只能更换，不能不用/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "不用中继" })).toBeNull();
  });

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
