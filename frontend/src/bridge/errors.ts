// Wire errors: Go rejects with one JSON string, which the window's runtime may
// wrap into an Error (W1). Everything else that was thrown is internal.
export const codes = [
  "not_found",
  "invalid",
  "conflict",
  "denied",
  "disk_full",
  "locked",
  "wrong_secret",
  "corrupt",
  "unsupported_version",
  "offline",
  "busy",
  "too_large",
  "cancelled",
  "internal",
] as const;

export type Code = (typeof codes)[number];

export class AppError extends Error {
  readonly code: Code;
  readonly field: string;
  readonly params: Readonly<Record<string, string>>;
  readonly ref: string;

  constructor(code: Code, detail: { field?: string; params?: Record<string, string>; ref?: string } = {}) {
    super(code);
    this.name = "AppError";
    this.code = code;
    this.field = detail.field ?? "";
    this.params = detail.params ?? {};
    this.ref = detail.ref ?? "";
  }
}

export function isCode(text: unknown): text is Code {
  return codes.some((c) => c === text);
}

// toAppError reads whatever a call was rejected with.
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const wire = parse(thrown instanceof Error ? thrown.message : thrown);
  if (!wire || !isCode(wire.code)) return new AppError("internal");
  return new AppError(wire.code, {
    field: text(wire.field),
    ref: text(wire.ref),
    params: texts(wire.params),
  });
}

function parse(thrown: unknown): Record<string, unknown> | undefined {
  if (typeof thrown !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(thrown);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, typeof v === "string" ? v : String(v)]));
}
