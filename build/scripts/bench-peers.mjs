// Turns the lines of ../shared/peers/run.sh into those of the benchmark: each
// figure of a measurement becomes a line of its own, named peer/product/step.
import { createInterface } from 'node:readline'

const units = [
  [/(^|_)ms$/, 'ms'],
  [/(^|_)s$/, 's'],
  [/(^|_)mb$/i, 'MB'],
  [/(^|_)kb$/i, 'KB'],
  [/(^|_)bytes(_|$)/, 'bytes'],
]

function unitOf(key) {
  return units.find(([shape]) => shape.test(key))?.[1] ?? 'count'
}

const products = new Set(['automerge-repo', 'pouchdb', 'yjs'])

for await (const line of createInterface({ input: process.stdin })) {
  let measured
  try {
    measured = JSON.parse(line)
  } catch {
    continue
  }
  const { peer, step, n, ...figures } = measured
  for (const product of products) {
    if (String(peer).startsWith(product)) products.delete(product)
  }
  for (const [key, value] of Object.entries(figures)) {
    if (typeof value !== 'number') continue
    const name = ['peer', peer, n, step, key].filter((x) => x !== undefined).join('/')
    process.stdout.write(`${JSON.stringify({ name, value, unit: unitOf(key), budget: null, n: 1 })}\n`)
  }
}

// Their scripts end well when a server did not start in the second it is given.
if (products.size > 0) {
  process.stderr.write(`no figures of ${[...products].join(', ')}: see above, or run it again on a free machine\n`)
  process.exitCode = 1
}
