// The hand-written data types agree with the generated ones, field for field: a
// field that is missing, new, renamed or of another type on one side does not
// compile. They are written by hand for what the generator leaves out: what may
// be null, and what a field means.
import type { app } from "../../wailsjs/go/models";
import type * as customers from "./types/customers";
import type * as history from "./types/history";
import type * as imports from "./types/imports";
import type * as review from "./types/review";
import type * as start from "./types/start";
import type * as sync from "./types/sync";
import type * as undo from "./types/undo";

// The generator does not say that a pointer of Go may be null; all else is equal.
type Plain<T> = T extends readonly (infer E)[]
  ? Plain<E>[]
  : T extends object
    ? { [K in keyof T]-?: Plain<NonNullable<T[K]>> }
    : T;

type Same<A, B> = [Plain<A>] extends [Plain<B>] ? ([Plain<B>] extends [Plain<A>] ? true : never) : never;

export const agree: {
  Author: Same<app.Author, customers.Author>;
  Cell: Same<app.Cell, customers.Cell>;
  CheckReply: Same<app.CheckReply, customers.CheckReply>;
  CheckRequest: Same<app.CheckRequest, customers.CheckRequest>;
  CustomerView: Same<app.CustomerView, customers.CustomerView>;
  ExportRequest: Same<app.ExportRequest, customers.ExportRequest>;
  FieldValue: Same<app.FieldValue, customers.FieldValue>;
  FieldView: Same<app.FieldView, customers.FieldView>;
  FileReply: Same<app.FileReply, customers.FileReply>;
  Filter: Same<app.Filter, customers.Filter>;
  ListReply: Same<app.ListReply, customers.ListReply>;
  ListRequest: Same<app.ListRequest, customers.ListRequest>;
  NewRequest: Same<app.NewRequest, customers.NewRequest>;
  RevealReply: Same<app.RevealReply, customers.RevealReply>;
  RevealRequest: Same<app.RevealRequest, customers.RevealRequest>;
  Row: Same<app.Row, customers.Row>;
  SchemaReply: Same<app.SchemaReply, customers.SchemaReply>;
  SearchHit: Same<app.SearchHit, customers.SearchHit>;
  SearchReply: Same<app.SearchReply, customers.SearchReply>;
  SectionView: Same<app.SectionView, customers.SectionView>;
  SetReply: Same<app.SetReply, customers.SetReply>;
  SetRequest: Same<app.SetRequest, customers.SetRequest>;
  Source: Same<app.Source, customers.Source>;
  ValueView: Same<app.ValueView, customers.ValueView>;
  AtRequest: Same<app.AtRequest, history.AtRequest>;
  HistoryEntry: Same<app.HistoryEntry, history.HistoryEntry>;
  HistoryReply: Same<app.HistoryReply, history.HistoryReply>;
  HistoryRequest: Same<app.HistoryRequest, history.HistoryRequest>;
  HistoryValue: Same<app.HistoryValue, history.HistoryValue>;
  RestoreRequest: Same<app.RestoreRequest, history.RestoreRequest>;
  ColumnsReply: Same<app.ColumnsReply, imports.ColumnsReply>;
  FileRequest: Same<app.FileRequest, imports.FileRequest>;
  FixRequest: Same<app.FixRequest, imports.FixRequest>;
  ImportColumn: Same<app.ImportColumn, imports.ImportColumn>;
  ImportCounts: Same<app.ImportCounts, imports.ImportCounts>;
  ImportOption: Same<app.ImportOption, imports.ImportOption>;
  ImportSheet: Same<app.ImportSheet, imports.ImportSheet>;
  ImportView: Same<app.ImportView, imports.ImportView>;
  MapRequest: Same<app.MapRequest, imports.MapRequest>;
  OptionRequest: Same<app.OptionRequest, imports.OptionRequest>;
  PastImport: Same<app.PastImport, imports.PastImport>;
  PastReply: Same<app.PastReply, imports.PastReply>;
  PickReply: Same<app.PickReply, imports.PickReply>;
  PlanCause: Same<app.PlanCause, imports.PlanCause>;
  PlanCell: Same<app.PlanCell, imports.PlanCell>;
  PlanReply: Same<app.PlanReply, imports.PlanReply>;
  PlanRequest: Same<app.PlanRequest, imports.PlanRequest>;
  PlanOther: Same<app.PlanOther, imports.PlanOther>;
  PlanRow: Same<app.PlanRow, imports.PlanRow>;
  RawRow: Same<app.RawRow, imports.RawRow>;
  RawRowsReply: Same<app.RawRowsReply, imports.RawRowsReply>;
  SheetRequest: Same<app.SheetRequest, imports.SheetRequest>;
  UndoReply: Same<app.UndoReply, undo.UndoReply>;
  UndoRequest: Same<app.UndoRequest, undo.UndoRequest>;
  UndoRow: Same<app.UndoRow, undo.UndoRow>;
  UndoSheet: Same<app.UndoSheet, undo.UndoSheet>;
  UndoState: Same<app.UndoState, undo.UndoState>;
  ConflictItem: Same<app.ConflictItem, review.ConflictItem>;
  ConflictRequest: Same<app.ConflictRequest, review.ConflictRequest>;
  ConflictSide: Same<app.ConflictSide, review.ConflictSide>;
  ConflictView: Same<app.ConflictView, review.ConflictView>;
  ConflictsReply: Same<app.ConflictsReply, review.ConflictsReply>;
  DecidedItem: Same<app.DecidedItem, review.DecidedItem>;
  RejectedItem: Same<app.RejectedItem, review.RejectedItem>;
  RejectedReply: Same<app.RejectedReply, review.RejectedReply>;
  ResolveRequest: Same<app.ResolveRequest, review.ResolveRequest>;
  CreateWorkspace: Same<app.CreateWorkspace, start.CreateWorkspace>;
  InvitePreview: Same<app.InvitePreview, start.InvitePreview>;
  InviteReply: Same<app.InviteReply, start.InviteReply>;
  InviteRequest: Same<app.InviteRequest, start.InviteRequest>;
  JoinWorkspace: Same<app.JoinWorkspace, start.JoinWorkspace>;
  Kit: Same<app.Kit, start.Kit>;
  StartState: Same<app.StartState, start.StartState>;
  DeviceView: Same<app.DeviceView, sync.DeviceView>;
  PendingReply: Same<app.PendingReply, sync.PendingReply>;
  RelayView: Same<app.RelayView, sync.RelayView>;
  SettingsView: Same<app.SettingsView, sync.SettingsView>;
  SyncStatus: Same<app.SyncStatus, sync.SyncStatus>;
} = {
  Author: true,
  Cell: true,
  CheckReply: true,
  CheckRequest: true,
  CustomerView: true,
  ExportRequest: true,
  FieldValue: true,
  FieldView: true,
  FileReply: true,
  Filter: true,
  ListReply: true,
  ListRequest: true,
  NewRequest: true,
  RevealReply: true,
  RevealRequest: true,
  Row: true,
  SchemaReply: true,
  SearchHit: true,
  SearchReply: true,
  SectionView: true,
  SetReply: true,
  SetRequest: true,
  Source: true,
  ValueView: true,
  AtRequest: true,
  HistoryEntry: true,
  HistoryReply: true,
  HistoryRequest: true,
  HistoryValue: true,
  RestoreRequest: true,
  ColumnsReply: true,
  FileRequest: true,
  FixRequest: true,
  ImportColumn: true,
  ImportCounts: true,
  ImportOption: true,
  ImportSheet: true,
  ImportView: true,
  MapRequest: true,
  OptionRequest: true,
  PastImport: true,
  PastReply: true,
  PickReply: true,
  PlanCause: true,
  PlanCell: true,
  PlanReply: true,
  PlanOther: true,
  PlanRequest: true,
  PlanRow: true,
  RawRow: true,
  RawRowsReply: true,
  SheetRequest: true,
  UndoReply: true,
  UndoState: true,
  UndoRequest: true,
  UndoRow: true,
  UndoSheet: true,
  ConflictItem: true,
  ConflictRequest: true,
  ConflictSide: true,
  ConflictView: true,
  ConflictsReply: true,
  DecidedItem: true,
  RejectedItem: true,
  RejectedReply: true,
  ResolveRequest: true,
  CreateWorkspace: true,
  InvitePreview: true,
  InviteReply: true,
  InviteRequest: true,
  JoinWorkspace: true,
  Kit: true,
  StartState: true,
  DeviceView: true,
  PendingReply: true,
  RelayView: true,
  SettingsView: true,
  SyncStatus: true,
};
