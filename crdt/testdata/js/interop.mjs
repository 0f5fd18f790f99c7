// Stock Automerge beside our own: reads one request from standard input, does
// what a stock program would do, and prints what it sees. See interop_test.go.
import { readFileSync } from "node:fs"
import * as A from "@automerge/automerge"

const bytes = text => new Uint8Array(Buffer.from(text, "base64"))
const base64 = b => Buffer.from(b).toString("base64")

function plain(v) {
  if (v === null) return { kind: "null" }
  if (A.isImmutableString(v)) return { kind: "string", text: v.toString() }
  if (v instanceof Uint8Array) return { kind: "bytes", text: base64(v) }
  if (v instanceof Date) return { kind: "timestamp", number: v.getTime() }
  if (typeof v === "string") return { kind: "text", text: v }
  if (typeof v === "number" || typeof v === "bigint") return { kind: "number", number: Number(v) }
  return { kind: typeof v, text: String(v) }
}

function look(doc) {
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

const request = JSON.parse(readFileSync(0, "utf8"))
let doc = A.load(bytes(request.saved), { actor: request.actor })
const loaded = look(doc)

const before = A.getHeads(doc)
doc = A.change(doc, { message: "edit", time: 1700000100 }, d => {
  for (const [key, text] of Object.entries(request.set)) d[key] = new A.ImmutableString(text)
  for (const key of request.clear) d[key] = null
})
doc = A.change(doc, { message: "edit", time: 1700000200 }, d => {
  d["t:vip"] = false
  d["f:blob"] = new Uint8Array([1, 2, 3])
  A.splice(d, ["n:memo"], 2, 1, "改😀")
})
const changes = A.getChangesSince(doc, before).map(base64)

doc = A.applyChanges(doc, request.theirs.map(bytes))[0]
process.stdout.write(JSON.stringify({ loaded, changes, merged: look(doc), saved: base64(A.save(doc)) }))
