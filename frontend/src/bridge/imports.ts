import type { Call } from "./call";
import type { FileReply } from "./types/customers";
import type {
  ColumnsReply,
  FileRequest,
  FixRequest,
  ImportView,
  MapRequest,
  OptionRequest,
  PastReply,
  PickReply,
  PlanReply,
  PlanRequest,
  RawRowsReply,
  SheetRequest,
} from "./types/imports";
import type { UndoReply, UndoRequest, UndoState } from "./types/undo";

// The import wizard, past imports and their undo.
export interface ImportsService {
  // Opens the host's file dialog; no paths when the person closed it.
  pick(): Promise<PickReply>;
  open(path: string): Promise<ImportView>;
  addFile(request: FileRequest): Promise<ImportView>;
  view(job: string): Promise<ImportView>;
  sheet(request: SheetRequest): Promise<RawRowsReply>;
  chooseSheet(request: SheetRequest): Promise<ImportView>;
  columns(job: string): Promise<ColumnsReply>;
  map(request: MapRequest): Promise<ColumnsReply>;
  option(request: OptionRequest): Promise<ColumnsReply>;
  plan(job: string): Promise<ImportView>;
  rows(request: PlanRequest): Promise<PlanReply>;
  fix(request: FixRequest): Promise<PlanReply>;
  undoFix(job: string): Promise<PlanReply>;
  write(job: string): Promise<ImportView>;
  cancel(job: string): Promise<ImportView>;
  resume(job: string): Promise<ImportView>;
  discard(job: string): Promise<PastReply>;
  problems(job: string): Promise<FileReply>;
  past(): Promise<PastReply>;
  undoPreview(request: UndoRequest): Promise<UndoReply>;
  // Begins; undoState tells how far it is.
  undo(request: UndoRequest): Promise<UndoState>;
  undoState(batch: string): Promise<UndoState>;
  stopUndo(batch: string): Promise<UndoState>;
  undoReport(batch: string): Promise<FileReply>;
}

export function importsService(call: Call): ImportsService {
  return {
    pick: () => call("Imports", "Pick"),
    open: (path) => call("Imports", "Open", path),
    addFile: (request) => call("Imports", "AddFile", request),
    view: (job) => call("Imports", "View", job),
    sheet: (request) => call("Imports", "Sheet", request),
    chooseSheet: (request) => call("Imports", "ChooseSheet", request),
    columns: (job) => call("Imports", "Columns", job),
    map: (request) => call("Imports", "Map", request),
    option: (request) => call("Imports", "Option", request),
    plan: (job) => call("Imports", "Plan", job),
    rows: (request) => call("Imports", "Rows", request),
    fix: (request) => call("Imports", "Fix", request),
    undoFix: (job) => call("Imports", "UndoFix", job),
    write: (job) => call("Imports", "Write", job),
    cancel: (job) => call("Imports", "Cancel", job),
    resume: (job) => call("Imports", "Resume", job),
    discard: (job) => call("Imports", "Discard", job),
    problems: (job) => call("Imports", "Problems", job),
    past: () => call("Imports", "Past"),
    undoPreview: (request) => call("Imports", "UndoPreview", request),
    undo: (request) => call("Imports", "Undo", request),
    undoState: (batch) => call("Imports", "UndoState", batch),
    stopUndo: (batch) => call("Imports", "StopUndo", batch),
    undoReport: (batch) => call("Imports", "UndoReport", batch),
  };
}
