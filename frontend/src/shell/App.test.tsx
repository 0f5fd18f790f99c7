import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
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
});
