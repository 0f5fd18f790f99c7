import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { httpBridge } from "./http";

class Source {
  static last: Source | undefined;
  listeners = new Map<string, (event: MessageEvent<string>) => void>();
  constructor(readonly url: string) {
    Source.last = this;
  }
  addEventListener(name: string, listen: (event: MessageEvent<string>) => void) {
    this.listeners.set(name, listen);
  }
}

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("fetch", fetched);
});

afterEach(() => {
  fetched.mockReset();
  vi.unstubAllGlobals();
});

describe("the bridge of --serve", () => {
  test("posts arguments as an array and gives the reply", async () => {
    fetched.mockResolvedValue(new Response('{"id":"c1"}'));
    const reply = await httpBridge().customers.get("c1");
    expect(reply).toEqual({ id: "c1" });
    expect(fetched.mock.calls[0]).toMatchObject(["/call/Customers/Get", { method: "POST", body: '["c1"]' }]);
  });

  test("a method without an argument sends none, one without a reply gives none", async () => {
    fetched.mockResolvedValue(new Response(""));
    await expect(httpBridge().settings.openFolder()).resolves.toBeUndefined();
    expect(fetched.mock.calls[0]?.[1].body).toBe("[]");
  });

  test("rejects with the code that came", async () => {
    fetched.mockResolvedValue(new Response('{"code":"disk_full","ref":"x"}', { status: 500 }));
    await expect(httpBridge().customers.get("c1")).rejects.toMatchObject({ code: "disk_full", ref: "x" });
  });

  test("a program that is gone is offline", async () => {
    fetched.mockRejectedValue(new TypeError("Failed to fetch"));
    await expect(httpBridge().customers.get("c1")).rejects.toMatchObject({ code: "offline" });
  });

  test("hands events on until told to stop", () => {
    const bridge = httpBridge();
    const heard: number[] = [];
    const stop = bridge.on("customers:changed", ({ revision }) => heard.push(revision));
    const send = (revision: number) =>
      Source.last?.listeners.get("customers:changed")?.(new MessageEvent("x", { data: JSON.stringify({ revision }) }));
    send(1);
    stop();
    send(2);
    expect(heard).toEqual([1]);
  });
});
