// Many scenarios of stock Automerge: reads {saved, actor, steps, theirs} each,
// edits, merges, and prints what it sees. See interop_many_test.go.
import { readFileSync } from "node:fs"
import * as A from "@automerge/automerge"
import { base64, bytes, look } from "./look.mjs"

function value(v) {
  switch (v.t) {
    case "str": return new A.ImmutableString(v.v)
    case "int": return new A.Int(Number(v.v))
    case "uint": return new A.Uint(Number(v.v))
    case "number": return Number(v.v) // what a program writes without thinking
    case "bool": return v.v === "true"
    case "date": return new Date(Number(v.v))
    case "bytes": return bytes(v.v)
    case "null": return null
    case "text": return v.v // a plain string becomes a text
    case "map": return { a: new A.ImmutableString("b") }
    case "list": return [1, 2]
    case "counter": return new A.Counter(1)
    case "float": return new A.Float64(1.5)
    default: throw new Error(`value of kind ${v.t}`)
  }
}

function step(doc, s) {
  const options = { message: s.message, time: s.time }
  if (s.empty) return A.emptyChange(doc, options)
  return A.change(doc, options, d => {
    for (const v of s.sets ?? []) d[v.key] = value(v)
    for (const key of s.deletes ?? []) delete d[key]
    for (const x of s.splices ?? []) {
      const units = Array.from(d["n:memo"])
      const at = units.slice(0, x.pos).join("").length
      const gone = units.slice(x.pos, x.pos + x.delete).join("").length
      A.splice(d, ["n:memo"], at, gone, x.insert)
    }
    if (s.update !== undefined) A.updateText(d, ["n:memo"], s.update)
    if (s.mark) A.mark(d, ["n:memo"], { start: 0, end: 1, expand: "none" }, "bold", true)
    if (s.increment) d[s.increment].increment(1)
  })
}

const out = JSON.parse(readFileSync(0, "utf8")).map(request => {
  let doc = A.load(bytes(request.saved), { actor: request.actor })
  const loaded = look(doc)
  const steps = []
  for (const s of request.steps) {
    const before = A.getHeads(doc)
    doc = step(doc, s)
    steps.push(A.getChangesSince(doc, before).map(base64))
  }
  if (!request.theirs) return { loaded, steps }
  doc = A.applyChanges(doc, request.theirs.map(bytes))[0]
  return { loaded, steps, merged: look(doc), saved: base64(A.save(doc)) }
})
process.stdout.write(JSON.stringify(out))
