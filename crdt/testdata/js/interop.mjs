// Stock Automerge beside our own: reads one request from standard input, does
// what a stock program would do, and prints what it sees. See interop_test.go.
import { readFileSync } from "node:fs"
import * as A from "@automerge/automerge"
import { base64, bytes, look } from "./look.mjs"

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
