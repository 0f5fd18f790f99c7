// Measures the window in a real browser on the real program: `tongce --serve`
// with the book that `tongcectl bench` left in a directory.
//
//   bench-window.mjs PROGRAM BOOK
//
// paint: keys are typed one at a time into the search of the list, each when the
// rows of the one before stand. From the keydown event to the second animation
// frame after the first rows of the new answer are in the document: by then they
// are painted. A key that leaves the same rows does not count.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { chromium } = createRequire(new URL('../../frontend/package.json', import.meta.url))('@playwright/test')
const [program, book] = process.argv.slice(2)
const budget = 150
const passphrase = 'a book to measure 量一量' // bench.Passphrase
// What somebody would type: names, pinyin, initials, numbers.
const texts = (
  '恒锐 云栖 苏州海沃 青岛精密 杭州德清 武汉岳嘉 上海永丰 深圳启东 成都纺织 合肥南湖 泵业 电泰 hengrui yunqi jiahe nanhu haiwo ' +
  'yongfeng deqing jingmi szhr qdjm whyj hfnh cdfz hr zy 5678 1234 13100000000'
).split(' ')

// watch is what runs in the page: it notes when which rows were painted.
function watch() {
  const seen = { key: 0, frames: [], rows: '', changed: 0 }
  const shown = () => {
    const grid = document.querySelector('[data-region="list"] [role="grid"]')
    if (!grid) return ''
    const rows = [...grid.querySelectorAll('[role="row"][aria-rowindex]')]
      .map((row) => ({ at: Number(row.getAttribute('aria-rowindex')) - 2, name: row.getAttribute('aria-label') ?? '' }))
      .filter((row) => row.at >= 0 && row.at < 10)
      .sort((a, b) => a.at - b.at)
    return JSON.stringify([Number(grid.getAttribute('aria-rowcount')) - 1, ...rows.map((row) => row.name)])
  }
  const look = () => {
    seen.changed = performance.now()
    const rows = shown()
    if (rows === seen.rows) return
    seen.rows = rows
    requestAnimationFrame(() => requestAnimationFrame(() => seen.frames.push({ rows, at: performance.now() })))
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  addEventListener('keydown', (event) => Object.assign(seen, { key: event.timeStamp, frames: [], changed: performance.now() }), true)
  look()
  window.seen = seen
}

async function start() {
  const child = spawn(program, ['--dir', book, '--serve', '127.0.0.1:0', '--lang', 'zh'], {
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }, // no keyring: the book has a passphrase
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk) => (log += chunk))
  const address = await new Promise((resolve, reject) => {
    let out = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
      if (out.includes('\n')) resolve(out.trim())
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`tongce ended with ${code}: ${log}`)))
  })
  return { child, address }
}

// ticks is the processor time of a process in seconds, 0 where the system does
// not tell.
function ticks(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}

const at = (share, values) => values.toSorted((a, b) => a - b)[Math.min(Math.floor(share * values.length), values.length - 1)]

// press types one character as a key of its own, whatever script it is of.
async function press(keys, character) {
  await keys.send('Input.dispatchKeyEvent', { type: 'keyDown', key: character, text: character })
  await keys.send('Input.dispatchKeyEvent', { type: 'keyUp', key: character })
}

// settled waits until nothing has changed for a while and gives what was painted.
async function settled(page) {
  await page.waitForFunction(() => performance.now() - Math.max(window.seen.changed, window.seen.key) > 400, null, { polling: 50 })
  return page.evaluate(() => ({ ...window.seen }))
}

// call asks the program as the page does.
async function call(page, method, ask) {
  const reply = await page.evaluate(
    async ([method, ask]) => {
      const reply = await fetch(`/call/${method}`, { method: 'POST', body: JSON.stringify([ask]) })
      return { ok: reply.ok, text: await reply.text() }
    },
    [method, ask],
  )
  if (!reply.ok) throw new Error(`${method}: ${reply.text}`)
  return JSON.parse(reply.text)
}

// answer is what the program says to a text, in the order of the window.
async function answer(page, text) {
  const ask = { text, filters: [], fields: [], sort: 'next_contact', desc: false, offset: 0, limit: 10, batch: '', deleted: false }
  const { total, rows } = await call(page, 'Customers/List', ask)
  return { total, names: rows.map((row) => row.name) }
}

// told is when the rows that stand in the end were painted, in milliseconds after
// the last key; null when they were there before it.
async function told(page, text) {
  const seen = await settled(page)
  const { total, names } = await answer(page, text)
  const [count, ...rows] = JSON.parse(seen.rows || '[0]')
  if (count !== total || rows.length !== names.length || !names.every((name, n) => rows[n].includes(name))) {
    throw new Error(`the list shows other rows than the answer to ${text}: ${count} of ${total}`)
  }
  const frame = seen.frames.find((frame) => frame.rows === seen.rows)
  return { took: frame ? frame.at - seen.key : null, rows: seen.rows }
}

async function measure(page, pid) {
  const keys = await page.context().newCDPSession(page)
  const search = page.getByRole('textbox', { name: '在客户里搜索' })
  await page.getByRole('grid').first().waitFor({ timeout: 60_000 })
  await page.evaluate(watch)
  const clear = async () => {
    await search.press('ControlOrMeta+a')
    await search.press('Backspace')
    return (await settled(page)).rows
  }
  const each = []
  const last = []
  const busy = ticks(pid)
  for (const text of texts) {
    let before = await clear()
    for (let n = 1; n <= text.length; n++) {
      await press(keys, text[n - 1])
      const { took, rows } = await told(page, text.slice(0, n))
      if (took === null && rows !== before) throw new Error(`nobody saw the rows of ${text} painted`)
      if (took !== null) each.push(took)
      before = rows
    }
  }
  const spent = ticks(pid) - busy
  // And at once: a quick hand does not wait for the rows.
  for (const text of texts) {
    await clear()
    for (const character of text) {
      await press(keys, character)
      await new Promise((resolve) => setTimeout(resolve, 80))
    }
    const { took } = await told(page, text)
    if (took !== null) last.push(took)
  }
  if (each.length === 0 || last.length === 0) throw new Error('no key changed the list: the book is too small')
  const ms = (value) => Math.round(value * 10) / 10
  process.stderr.write(
    `paint: median ${ms(at(0.5, each))} ms, p95 ${ms(at(0.95, each))} ms, highest ${ms(Math.max(...each))} ms of ${each.length} keys, ` +
      `${ms(spent)} s of the program's processor; the last key of a word typed quickly: median ${ms(at(0.5, last))} ms, p95 ${ms(at(0.95, last))} ms of ${last.length}\n`,
  )
  const row = { name: 'paint', value: ms(at(0.95, each)), unit: 'ms p95', budget, n: each.length }
  process.stdout.write(`${JSON.stringify(row)}\n`)
}

const { child, address } = await start()
try {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN' })
    await page.goto(address)
    // The opening does not ask for it: the key file names a keyring first.
    await call(page, 'Start/Unlock', passphrase)
    await measure(page, child.pid)
  } finally {
    await browser.close()
  }
} finally {
  child.removeAllListeners('exit')
  child.kill('SIGTERM')
  await new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve()))
}
