// What stock Automerge shows of a document, in JSON.
import * as A from "@automerge/automerge"

export const bytes = text => new Uint8Array(Buffer.from(text, "base64"))
export const base64 = b => Buffer.from(b).toString("base64")

function plain(v) {
  if (v === null) return { kind: "null" }
  if (A.isImmutableString(v)) return { kind: "string", text: v.toString() }
  if (v instanceof Uint8Array) return { kind: "bytes", text: base64(v) }
  if (v instanceof Date) return { kind: "timestamp", number: v.getTime() }
  if (typeof v === "string") return { kind: "text", text: v }
  if (typeof v === "number" || typeof v === "bigint") return { kind: "number", number: Number(v) }
  return { kind: typeof v, text: String(v) }
}

export function look(doc) {
  const values = {}
  const conflicts = {}
  for (const key of Object.keys(doc)) {
    values[key] = plain(doc[key])
    // getConflicts shows an ImmutableString as a plain string; the types are one layer below.
    const all = A.getBackend(doc).getAll("_root", key)
    if (Object.keys(A.getConflicts(doc, key) ?? {}).length !== (all.length > 1 ? all.length : 0)) {
      throw new Error("getConflicts and getAll differ")
    }
    if (all.length > 1) {
      conflicts[key] = Object.fromEntries(
        all.map(([type, v, id]) => [id, plain(type === "str" ? new A.ImmutableString(v) : v)]),
      )
    }
  }
  return { heads: [...A.getHeads(doc)].sort(), values, conflicts }
}
