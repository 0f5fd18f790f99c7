import type { FieldView, Filter } from "../../bridge/types/customers";

export const ops = [
  "is",
  "not",
  "contains",
  "starts",
  "empty",
  "filled",
  "before",
  "after",
  "min",
  "max",
  "last4",
  "conflict",
] as const;

export type Op = (typeof ops)[number];

// opsOf are the conditions that make sense for a field; a sealed one can only
// be asked whether it is there, what it equals, and a number's last four.
export function opsOf(field: FieldView): readonly Op[] {
  if (field.sealed) {
    const blind = field.type === "mobile" || field.type === "phone";
    return blind ? ["is", "last4", "filled", "empty", "conflict"] : ["filled", "empty", "conflict"];
  }
  switch (field.type) {
    case "choice":
      return ["is", "not", "filled", "empty", "conflict"];
    case "date":
      return ["before", "after", "is", "filled", "empty", "conflict"];
    case "amount":
      return ["min", "max", "filled", "empty", "conflict"];
    case "long":
      return ["contains", "filled", "empty"];
    default:
      return ["contains", "is", "starts", "not", "filled", "empty", "conflict"];
  }
}

export function isOp(op: string): op is Op {
  return ops.some((o) => o === op);
}

export function needsValue(op: string): boolean {
  return op !== "empty" && op !== "filled" && op !== "conflict";
}

export function complete(filter: Filter): boolean {
  return !needsValue(filter.op) || filter.values.some((v) => v.trim() !== "");
}
