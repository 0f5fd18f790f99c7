import type errors from "../../i18n/zh/errors.json";
import type flags from "../../i18n/zh/flags.json";
import { AppError } from "../errors";

// The words of the program: a code or a reason that the catalogue lacks does not
// compile here, and catalogue.test.ts holds the catalogue to what the program
// says, both ways.
export type Flag = keyof typeof flags;

type Reasons = (typeof errors)["reasons"];

export function refusal<C extends keyof Reasons>(code: C, reason: keyof Reasons[C] & string): AppError {
  return new AppError(code, { params: { reason } });
}
