import type { Call } from "./call";
import { type CustomersService, customersService } from "./customers";
import type { On } from "./events";
import { type HistoryService, historyService } from "./history";
import { type ImportsService, importsService } from "./imports";
import { type ReviewService, reviewService } from "./review";
import { type SettingsService, settingsService } from "./settings";
import { type StartService, startService } from "./start";
import { type SyncService, syncService } from "./sync";

// Bridge is the only door to the program. Every call settles, and rejects with
// an AppError and nothing else.
export interface Bridge {
  start: StartService;
  customers: CustomersService;
  history: HistoryService;
  review: ReviewService;
  imports: ImportsService;
  sync: SyncService;
  settings: SettingsService;
  on: On;
  files: Files;
}

// Files is what a window can do with files: in the desktop window the program
// reads and writes them itself, in a browser they are uploaded and downloaded.
export interface Files {
  // Where the program opens its own dialogs, upload is null and pick is used.
  upload: ((file: File) => Promise<string>) | null;
  // Paths of dropped files arrive by themselves in the desktop window.
  onDrop: (listen: (paths: string[]) => void) => () => void;
  // Fetches a file that the program wrote, where it is not on this disk.
  fetchWritten: ((path: string) => void) | null;
}

export function remoteBridge(call: Call, on: On, files: Files): Bridge {
  return {
    start: startService(call),
    customers: customersService(call),
    history: historyService(call),
    review: reviewService(call),
    imports: importsService(call),
    sync: syncService(call),
    settings: settingsService(call),
    on,
    files,
  };
}
