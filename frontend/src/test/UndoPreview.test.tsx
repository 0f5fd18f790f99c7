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

  test("stays on an empty kind that was chosen", async () => {
    const { bridge } = untouched();
    const { user } = renderOn(<UndoPage batch="batch-1" />, { bridge });
    await screen.findByRole("grid");
    await user.click(screen.getByRole("tab", { name: /留着/ }));
    expect(await screen.findByText("这一类没有。")).toBeTruthy();
    expect(screen.getByRole("tab", { selected: true }).textContent).toContain("留着");
  });
});
