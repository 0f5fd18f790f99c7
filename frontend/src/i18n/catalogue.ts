// One file per feature and language, so that two people never edit the same.
import commonEn from "./en/common.json";
import customersEn from "./en/customers.json";
import errorsEn from "./en/errors.json";
import flagsEn from "./en/flags.json";
import historyEn from "./en/history.json";
import importEn from "./en/import.json";
import paletteEn from "./en/palette.json";
import reviewEn from "./en/review.json";
import settingsEn from "./en/settings.json";
import shellEn from "./en/shell.json";
import startEn from "./en/start.json";
import syncEn from "./en/sync.json";
import common from "./zh/common.json";
import customers from "./zh/customers.json";
import errors from "./zh/errors.json";
import flags from "./zh/flags.json";
import history from "./zh/history.json";
import import_ from "./zh/import.json";
import palette from "./zh/palette.json";
import review from "./zh/review.json";
import settings from "./zh/settings.json";
import shell from "./zh/shell.json";
import start from "./zh/start.json";
import sync from "./zh/sync.json";

export interface Tree {
  readonly [key: string]: string | Tree;
}

export const zh = {
  common,
  customers,
  errors,
  flags,
  history,
  import: import_,
  palette,
  review,
  settings,
  shell,
  start,
  sync,
} satisfies Tree;

export const en = {
  common: commonEn,
  customers: customersEn,
  errors: errorsEn,
  flags: flagsEn,
  history: historyEn,
  import: importEn,
  palette: paletteEn,
  review: reviewEn,
  settings: settingsEn,
  shell: shellEn,
  start: startEn,
  sync: syncEn,
} satisfies Tree;
