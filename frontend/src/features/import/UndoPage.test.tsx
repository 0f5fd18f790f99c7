import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
import { renderOn } from "../../test/render";
import { UndoPage } from "./UndoPage";

const number = (label: string) => screen.getByText(label, { selector: "dt" }).nextElementSibling?.textContent;

describe("undo of an import", () => {
  test("previews its counts and names who edited each kept customer", async () => {
    const bridge = fakeBridge({ customers: 200 });
    renderOn(<UndoPage batch="batch-1" />, { bridge });
    expect(await screen.findByText("这是预览，还没有动。执行以后也可以再恢复。")).toBeTruthy();
    const preview = await bridge.imports.undoPreview({
      batch: "batch-1",
      kind: "kept",
      offset: 0,
      limit: 9,
      force: [],
    });
    expect(number("移走新建的")).toBe(String(preview.removed));
    expect(number("还原改过的")).toBe(String(preview.restored));
    expect(number("留着，之后有人改过")).toBe(String(preview.kept));
    expect((await screen.findAllByText(/^(王芳|李强|陈静|沈洁) .* 改了/)).length).toBe(preview.kept);
  });

  test("a kept customer may be set back all the same, with Space or by choice", async () => {
    const bridge = fakeBridge({ customers: 200 });
    const forced: string[][] = [];
    const undo = bridge.imports.undo;
    bridge.imports.undo = (request) => {
      forced.push(request.force);
      return undo(request);
    };
    const { user } = renderOn(<UndoPage batch="batch-1" />, { bridge });
    const grid = await screen.findByRole("grid");
    await within(grid).findAllByText(/改了/);
    fireEvent.keyDown(grid, { key: " " });
    expect(await within(grid).findByText("还原成导入前")).toBeTruthy();
    expect(number("留着，之后有人改过")).toBe("4");
    await user.click(screen.getByRole("button", { name: "撤销 196 行" }));
    expect(await screen.findByText("已撤销 196 行")).toBeTruthy();
    expect(forced[0]?.length).toBe(1);
    await user.click(screen.getByRole("button", { name: "恢复这次导入" }));
    await waitFor(() => expect(window.location.hash).toBe("#/customers/batch/batch-1"));
    expect(forced.length).toBe(2);
  });

  test("bringing an import back stops and goes on", async () => {
    const bridge = fakeBridge({ customers: 200 });
    const { user } = renderOn(<UndoPage batch="batch-1" />, { bridge });
    await user.click(await screen.findByRole("button", { name: /^撤销 [\d,]+ 行$/ }));
    await user.click(await screen.findByRole("button", { name: "恢复这次导入" }));
    await user.click(await screen.findByRole("button", { name: "停下" }));
    expect(await screen.findByText("停下了，已恢复 1 行。余下的还没有恢复，可以接着恢复。")).toBeTruthy();
    await user.click(await screen.findByRole("button", { name: "恢复这次导入" }));
    await waitFor(() => expect(window.location.hash).toBe("#/customers/batch/batch-1"));
  });

  test("who may not undo is told why and whom to ask", async () => {
    const bridge = fakeBridge({ customers: 200 });
    renderOn(<UndoPage batch="batch-fin" />, { bridge });
    const alert = await screen.findByRole("alert");
    await waitFor(() => expect(alert.textContent).toContain("赵敏"));
    expect(screen.queryByRole("button", { name: /^撤销 / })).toBeNull();
    expect(screen.getByRole("button", { name: "导出逐行报告" })).toBeTruthy();
  });
});
