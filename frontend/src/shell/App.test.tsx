import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { AppError } from "../bridge/errors";
import { fakeBridge } from "../bridge/fake/fake";
import { renderOn } from "../test/render";
import { App } from "./App";

describe("the gate", () => {
  test("an open book shows the rail with the company and its count", async () => {
    renderOn(<App />, { customers: 30 });
    expect(await screen.findByRole("navigation", { name: "主导航" })).toBeTruthy();
    const entry = await screen.findByRole("link", { name: /^客户/ });
    expect(entry.textContent).toContain("30");
  });

  test("what a role cannot use is absent", async () => {
    renderOn(<App />);
    await screen.findByRole("navigation", { name: "主导航" });
    expect(screen.queryByText("今天")).toBeNull();
    expect(screen.queryByText("台账")).toBeNull();
  });

  test("a book that takes long to open says so, one that fails says why and tries again", async () => {
    const bridge = fakeBridge({ customers: 3 });
    const state = bridge.start.state;
    let fail = () => {};
    bridge.start.state = () =>
      new Promise((_, reject) => {
        fail = () => reject(new AppError("busy"));
      });
    const { user } = renderOn(<App />, { bridge });
    expect(await screen.findByText("正在打开客户册", undefined, { timeout: 10_000 })).toBeTruthy();
    bridge.start.state = state;
    fail();
    await user.click(await screen.findByRole("button", { name: "再试" }));
    expect(await screen.findByRole("navigation", { name: "主导航" })).toBeTruthy();
  });
});
