import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { fakeBridge } from "../../bridge/fake/fake";
import { renderOn } from "../../test/render";
import { Wizard } from "./Wizard";

async function writing(path: string) {
  const bridge = fakeBridge({ customers: 30 });
  const { job } = await bridge.imports.open(path);
  await bridge.imports.columns(job);
  await bridge.imports.plan(job);
  await waitFor(async () => expect((await bridge.imports.view(job)).phase).toBe("check"));
  await bridge.imports.write(job);
  return { ...renderOn(<Wizard job={job} />, { bridge }), bridge, job };
}

describe("writing", () => {
  test("shows its progress, stops, says how many rows are in, and goes on to the end", async () => {
    const { user, bridge, job } = await writing("客户40000.xlsx");
    const bar = await screen.findByRole("progressbar");
    expect(bar.getAttribute("aria-valuemax")).toBe("40000");
    await waitFor(() =>
      expect(Number(screen.getByRole("progressbar").getAttribute("aria-valuenow"))).toBeGreaterThan(0),
    );
    await user.click(screen.getByRole("button", { name: /停下$/ }));
    expect(await screen.findByRole("heading", { name: /^停下了，已写入 [\d,]+ \/ 40,000 行$/ })).toBeTruthy();
    const paused = await bridge.imports.view(job);
    expect(paused.phase).toBe("paused");
    expect(paused.done).toBeLessThan(40000);
    expect(screen.getByRole("button", { name: "撤销已写入的" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /继续$/ }));
    expect(await screen.findByText(/^导入完成，40,000 行用了/)).toBeTruthy();
  });

  test("the result counts what became of each row and leads to the undo", async () => {
    const { bridge, job, user } = await writing("客户 180.xlsx");
    await screen.findByText(/^导入完成/);
    const { counts, batch } = await bridge.imports.view(job);
    expect(counts.wrong).toBeGreaterThan(0);
    for (const [label, n] of [
      ["新建客户", counts.new - counts.newReview],
      ["更新已有客户", counts.updated],
      ["没有写入", counts.wrong],
    ] as const)
      expect(screen.getByText(label).nextElementSibling?.textContent).toBe(String(n));
    await user.click(screen.getByRole("button", { name: "撤销这次导入…" }));
    expect(window.location.hash).toBe(`#/import/undo/${batch}`);
  });

  // Two namesakes of the book, and one row that is new.
  test("a row to review that was there before is no new one", async () => {
    const { bridge } = await writing("客户 90.xlsx");
    const view = bridge.imports.view;
    const counts = { new: 1, updated: 0, same: 2, merged: 0, review: 2, newReview: 0 };
    const none = { wrong: 0, tidied: 0, filled: 0, changed: 0 };
    bridge.imports.view = async (j) => ({ ...(await view(j)), phase: "done", counts: { ...counts, ...none } });
    expect(await screen.findByText(/^导入完成，3 行用了/)).toBeTruthy();
    expect(screen.getByText("新建客户").nextElementSibling?.textContent).toBe("1");
    expect(screen.queryByText("新建，待查重")).toBeNull();
  });

  test("a failure keeps what was written and says why", async () => {
    const { bridge, job } = await writing("客户12000.xlsx");
    await screen.findByRole("progressbar");
    const view = bridge.imports.view;
    bridge.imports.view = async (j) => ({ ...(await view(j)), phase: "failed", error: "disk_full" });
    expect(await screen.findByRole("heading", { name: /^没有写完/ })).toBeTruthy();
    expect(screen.getByRole("alert").textContent).toContain("磁盘满了");
    await bridge.imports.cancel(job);
  });
});
