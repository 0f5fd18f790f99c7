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
  if (typeof v === "number") return { kind: "number", number: v }
  return { kind: typeof v, text: String(v) }
}

function look(doc) {
  const values = {}
  const conflicts = {}
  for (const key of Object.keys(doc)) {
    values[key] = plain(doc[key])
    const all = A.getConflicts(doc, key)
    if (all !== undefined) {
      conflicts[key] = Object.fromEntries(Object.entries(all).map(([id, v]) => [id, plain(v)]))
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
