import { AppError } from "../errors";
import type { Events } from "../events";
import type { ImportsService } from "../imports";
import type { ImportColumn, ImportView, PastImport } from "../types/imports";
import type { Book } from "./book";
import { refusal } from "./codes";
import { author } from "./people";
import { noCounts, Plan } from "./plan";
import { columnsOf, fakeFile, importTargets, rawRows, sheetsOf } from "./sheets";
import { fakeUndo } from "./undo";

interface Job {
  view: ImportView;
  columns: ImportColumn[];
  plan: Plan | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

type Progress = (payload: Events["import:progress"]) => void;

// Rows that the fake takes at a time, and how long that lasts.
const step = 5000;
const pace = 120;

// fakeImports prepares, checks and writes invented files. Which file a path
// gives, fakeFile says.
export function fakeImports(book: Book, progress: Progress = () => undefined): ImportsService {
  const jobs = new Map<string, Job>();
  const past = pastOf(book);
  const undo = fakeUndo(book, past);
  const find = (job: string): Job => {
    const found = jobs.get(job);
    if (!found) throw new AppError("not_found");
    return found;
  };
  const tell = (job: Job) => progress({ revision: ++book.revision, job: job.view.job });
  const view = (job: Job): ImportView => structuredClone(job.view);
  let made = 0;
  const open = (path: string): Job => {
    const file = readable(path);
    const job: Job = {
      view: {
        job: `job-${++made}`,
        phase: "sheets",
        files: [file.name],
        sheets: sheetsOf(file, 0),
        done: 0,
        total: 0,
        counts: noCounts,
        batch: "",
        repairs: 0,
        before: past.find((p) => p.file === file.name && !p.open)?.by.at ?? "",
        millis: 0,
        error: "",
      },
      columns: [],
      plan: null,
      timer: undefined,
    };
    jobs.set(job.view.job, job);
    return job;
  };
  const chosen = (job: Job) => job.view.sheets.filter((s) => s.chosen);
  const total = (job: Job) => chosen(job).reduce((n, s) => n + s.rows, 0);
  // advance takes rows until all are done, and says so after each step.
  const advance = (job: Job, each: (from: number, to: number) => void, end: () => void) => {
    job.timer = setTimeout(() => {
      const to = Math.min(job.view.total, job.view.done + step);
      each(job.view.done, to);
      job.view.done = to;
      if (to < job.view.total) advance(job, each, end);
      else end();
      tell(job);
    }, pace);
  };
  const write = (job: Job) => {
    job.view.phase = "writing";
    const started = Date.now();
    advance(
      job,
      (from, to) => writeRows(book, job, from, to),
      () => {
        job.view.phase = "done";
        job.view.millis += Date.now() - started;
        const at = past.findIndex((p) => p.job === job.view.job);
        if (at >= 0) past.splice(at, 1);
        past.unshift(pastImport(book, job, false));
        book.changed("customers:changed", []);
      },
    );
  };
  const columns = (job: Job) => ({ columns: structuredClone(job.columns), targets: importTargets });
  return {
    pick: async () => ({ paths: ["2026 秋季工博会客户汇总（终版2）.xlsx"] }),
    open: async (path) => view(open(path)),
    addFile: async ({ job, path }) => {
      const j = find(job);
      const file = readable(path);
      j.view.files = [...j.view.files, file.name];
      j.view.sheets = [...j.view.sheets, ...sheetsOf(file, j.view.sheets.length)];
      j.columns = [];
      changed(j);
      return view(j);
    },
    view: async (job) => view(find(job)),
    sheet: async ({ job, sheet, offset, limit }) => {
      const s = find(job).view.sheets[sheet];
      if (!s) throw new AppError("not_found");
      return { columns: [..."ABCDEFGHI"], rows: rawRows(s, offset, limit) };
    },
    chooseSheet: async ({ job, sheet, chosen: on, headerFrom, headerTo }) => {
      const j = find(job);
      j.view.sheets = j.view.sheets.map((s) => (s.index === sheet ? { ...s, chosen: on, headerFrom, headerTo } : s));
      j.columns = [];
      changed(j);
      return view(j);
    },
    columns: async (job) => {
      const j = find(job);
      if (j.columns.length === 0) j.columns = columnsOf(chosen(j));
      if (j.view.phase === "sheets") j.view.phase = "columns";
      return columns(j);
    },
    map: async ({ job, sheet, column, field }) => {
      const j = find(job);
      j.columns = j.columns.map((c) =>
        c.sheet === sheet && c.column === column ? { ...c, field, reason: "chosen", look: false } : c,
      );
      changed(j);
      return columns(j);
    },
    option: async ({ job, sheet, column, text, value }) => {
      const j = find(job);
      const set = (c: ImportColumn) => c.options.map((o) => (o.text === text ? { ...o, value } : o));
      j.columns = j.columns.map((c) => (c.sheet === sheet && c.column === column ? { ...c, options: set(c) } : c));
      changed(j);
      return columns(j);
    },
    plan: async (job) => {
      const j = find(job);
      if (j.view.phase === "check") return view(j);
      clearTimeout(j.timer);
      Object.assign(j.view, { phase: "planning", done: 0, total: total(j) });
      const first = chosen(j)[0];
      const clean = j.view.files.some((f) => fakeFile(f).clean);
      advance(
        j,
        () => undefined,
        () => {
          j.plan = new Plan(book, { name: "", count: j.view.total, clean }, first?.index ?? 0);
          j.view.phase = "check";
          j.view.counts = j.plan.counts();
        },
      );
      return view(j);
    },
    rows: async (request) => planOf(find(request.job)).reply(request),
    fix: async (request) => {
      const j = find(request.job);
      planOf(j).fix(request);
      j.view.counts = planOf(j).counts();
      j.view.repairs++;
      return planOf(j).reply({ job: request.job, kind: "problems", cause: "", offset: 0, limit: 0 });
    },
    undoFix: async (job) => {
      const j = find(job);
      planOf(j).undoFix();
      j.view.counts = planOf(j).counts();
      j.view.repairs--;
      return planOf(j).reply({ job, kind: "problems", cause: "", offset: 0, limit: 0 });
    },
    write: async (job) => {
      const j = find(job);
      Object.assign(j.view, { done: 0, total: j.view.total, batch: `batch-${past.length + 2}` });
      write(j);
      return view(j);
    },
    cancel: async (job) => {
      const j = find(job);
      clearTimeout(j.timer);
      if (j.view.phase === "planning") j.view.phase = "columns";
      if (j.view.phase === "writing") {
        j.view.phase = "paused";
        past.unshift(pastImport(book, j, true));
        book.changed("customers:changed", []);
      }
      return view(j);
    },
    resume: async (job) => {
      write(find(job));
      return view(find(job));
    },
    discard: async (job) => {
      clearTimeout(find(job).timer);
      jobs.delete(job);
      return { imports: past.filter((p) => !p.open || jobs.has(p.job)) };
    },
    problems: async (job) => ({ path: `没有写入的行-${job}.xlsx`, count: find(job).view.counts.wrong }),
    past: async () => ({ imports: [...drafts(book, jobs), ...past].filter((p) => !p.open || jobs.has(p.job)) }),
    ...undo,
  };
}

// changed drops the plan: what is imported is not what it was.
function changed(job: Job): void {
  job.plan = null;
  Object.assign(job.view, { phase: "sheets", repairs: 0 });
}

function readable(path: string) {
  if (path.endsWith(".xls")) throw refusal("invalid", "xls_save_as_xlsx");
  if (path.endsWith(".ods")) throw refusal("invalid", "ods_save_as_xlsx");
  return fakeFile(path);
}

function planOf(job: Job): Plan {
  if (!job.plan) throw new AppError("not_found");
  return job.plan;
}

function writeRows(book: Book, job: Job, from: number, to: number): void {
  const plan = planOf(job);
  const by = author("liqiang", book.now().toISOString());
  const source = {
    batch: job.view.batch,
    file: job.view.files[0] ?? "",
    sheet: job.view.sheets[0]?.name ?? "",
    row: 0,
  };
  for (let i = from; i < to; i++) {
    const kind = plan.kind(i);
    if (kind === "new") book.insert(false, plan.values(i), by, { ...source, row: i + 4 });
  }
}

function pastImport(book: Book, job: Job, open: boolean): PastImport {
  return {
    batch: job.view.batch,
    file: job.view.files[0] ?? "",
    by: author("liqiang", book.now().toISOString()),
    rows: job.view.total,
    counts: job.view.counts,
    undone: false,
    open,
    job: job.view.job,
    elsewhere: false,
  };
}

function drafts(book: Book, jobs: Map<string, Job>): PastImport[] {
  const early = [...jobs.values()].filter((j) => !["writing", "paused", "done"].includes(j.view.phase));
  return early.map((j) => pastImport(book, j, true)).reverse();
}

function pastOf(book: Book): PastImport[] {
  if (book.customers.length === 0) return [];
  const day = (days: number) => new Date(book.now().getTime() - days * 86_400_000).toISOString();
  const line = (batch: string, file: string, who: "wangfang" | "liqiang" | "zhaomin", days: number, rows: number) => ({
    batch,
    file,
    by: author(who, day(days)),
    rows,
    counts: { ...noCounts, new: Math.floor(rows * 0.9), updated: Math.floor(rows * 0.08) },
    undone: batch === "batch-old",
    open: false,
    job: "",
    elsewhere: who !== "liqiang",
  });
  return [
    line("batch-web", "官网线索 10 月.xlsx", "wangfang", 15, 246),
    line("batch-old", "老系统导出.csv", "wangfang", 28, 18402),
    line("batch-1", "客户表2024.xlsx", "liqiang", 40, book.customers.length),
    line("batch-fin", "财务往来单位.xlsx", "zhaomin", 79, 2118),
  ];
}
