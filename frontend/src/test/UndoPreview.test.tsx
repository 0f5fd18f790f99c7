import { screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { fakeBridge } from "../bridge/fake/fake";
import { UndoPage } from "../features/import/UndoPage";
import { renderOn } from "./render";

// A batch of which nothing was edited since: no customer is kept.
function untouched() {
  const bridge = fakeBridge({ customers: 200 });
  const preview = bridge.imports.undoPreview;
  const asked: string[] = [];
  bridge.imports.undoPreview = async (request) => {
    asked.push(request.kind);
    const reply = await preview(request);
    const rows = request.kind === "removed" ? reply.rows : [];
    return { ...reply, kept: 0, restored: 0, total: request.kind === "removed" ? reply.total : 0, rows };
  };
  return { bridge, asked };
}

describe("the preview of an undo", () => {
  test("opens on the first kind that has customers", async () => {
    const { bridge, asked } = untouched();
    renderOn(<UndoPage batch="batch-1" />, { bridge });
    const grid = await screen.findByRole("grid");
    expect((await within(grid).findAllByRole("row")).length).toBeGreaterThan(1);
    expect(screen.getByRole("tab", { selected: true }).textContent).toContain("移走的");
    expect(screen.queryByText("这一类没有。")).toBeNull();
    expect(asked).toEqual(["kept", "removed"]);
  });

  test("of several files says where each row stands, and no values where nothing was edited", async () => {
    const { bridge } = untouched();
    const preview = bridge.imports.undoPreview;
    bridge.imports.undoPreview = async (request) => {
      const reply = await preview(request);
      const sheets = ["华东.csv", "华南.csv"].map((file, index) => ({ index, file, name: "" }));
      const rows = reply.rows.slice(0, 2).map((row, n) => ({ ...row, name: `客户${n}`, sheet: n, row: 133 }));
      return { ...reply, sheets, rows };
    };
    renderOn(<UndoPage batch="batch-1" />, { bridge });
    const grid = await screen.findByRole("grid");
    expect(await within(grid).findByTitle("「华东.csv」第 133 行")).toBeTruthy();
    expect(within(grid).getByTitle("「华南.csv」第 133 行").textContent).toBe("华南.csv 133");
    expect(
      within(grid)
        .getAllByRole("columnheader")
        .map((h) => h.textContent),
    ).toEqual(["表和行", "客户"]);
  });

  test("stays on an empty kind that was chosen", async () => {
    const { bridge } = untouched();
    const { user } = renderOn(<UndoPage batch="batch-1" />, { bridge });
    await screen.findByRole("grid");
    await user.click(screen.getByRole("tab", { name: /留着/ }));
    expect(await screen.findByText("这一类没有。")).toBeTruthy();
    expect(screen.getByRole("tab", { selected: true }).textContent).toContain("留着");
  });
});
