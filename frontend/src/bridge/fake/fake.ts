import type { Bridge } from "../bridge";
import { eventHub } from "../events";
import { Book } from "./book";
import { fakeCustomers } from "./customers";
import { fakeHistory } from "./history";
import { fakeImports } from "./imports";
import { fakeReview } from "./review";
import { fakeStart, type StartKind } from "./start";
import { fakeSettings, fakeSync } from "./sync";

export interface FakeOptions {
  // How many customers; 0 is the empty book.
  customers?: number;
  start?: StartKind;
  // Why a locked book is not open.
  reason?: string;
  sync?: string;
  now?: () => Date;
}

export interface FakeBridge extends Bridge {
  book: Book;
}

// fakeBridge is the program in memory: for tests, for the preview in a browser
// and for screenshots. The same options give the same company.
export function fakeBridge(options: FakeOptions = {}): FakeBridge {
  const { customers = 200, start = "open", reason = "passphrase", sync = "synced", now = () => new Date() } = options;
  const hub = eventHub();
  const book = new Book(now, hub.emit);
  if (start !== "none") book.fill(customers);
  if (book.customers.length >= 5) seedReview(book, now());
  const tell = (name: "start:changed" | "sync:status") => () => hub.emit(name, { revision: ++book.revision });
  return {
    book,
    start: fakeStart(book, start, reason, tell("start:changed")),
    customers: fakeCustomers(book),
    history: fakeHistory(book),
    review: fakeReview(book),
    imports: fakeImports(book, (payload) => hub.emit("import:progress", payload)),
    sync: fakeSync(book, sync, tell("sync:status")),
    settings: fakeSettings(),
    on: hub.on,
    files: { upload: null, onDrop: () => () => undefined, fetchWritten: null },
  };
}

// seedReview gives the book two-value fields and one edit that was not taken.
function seedReview(book: Book, now: Date): void {
  const hours = (n: number) => new Date(now.getTime() - n * 3_600_000).toISOString();
  const [a, b, c] = book.customers;
  if (!a || !b || !c) return;
  book.write(a, [["mobile", "13812905600"]], "edit", "wangfang");
  book.write(
    a,
    [
      ["mobile", "13812905678"],
      ["contact", "王建平"],
    ],
    "edit",
    "wangfang",
  );
  book.write(
    a,
    [
      ["stage", "报价"],
      ["contract_amount", "480000.00"],
    ],
    "edit",
    "liqiang",
  );
  book.apart(a, "mobile", "13812908765", "liqiang", hours(20));
  book.apart(b, "address", "科锐路 88 号", "chenjing", hours(44));
  const tenth = book.customers[9];
  if (tenth) book.apart(tenth, "next_contact", "2026-12-08", "shenjie", hours(3));
  book.rejected = [
    {
      id: c.id,
      item: "rejected-1",
      name: c.name,
      code: "denied",
      at: hours(5),
      values: [{ field: "bank", before: "中国工商银行", after: "招商银行", sealed: true }],
      kept: ["remark"],
    },
  ];
}

// fakeFromAddress reads ?fake=100000&start=locked&reason=corrupt&sync=offline.
export function fakeFromAddress(search: string): FakeBridge {
  const query = new URLSearchParams(search);
  const start = query.get("start");
  return fakeBridge({
    customers: Number(query.get("fake") ?? 200),
    start: start === "none" || start === "locked" ? start : "open",
    reason: query.get("reason") ?? "passphrase",
    sync: query.get("sync") ?? "synced",
  });
}
