/**
 * Runs a script with what V8 compiled of it the time before. Node's own cache keeps of a file what is compiled when it is loaded, and no
 * function that is called later: those would be compiled anew at each start, which is a third of what a start costs.
 *
 * It lies beside the files of Node's cache, and is off where that is.
 */
import { closeSync, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import * as Module from "node:module"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Script } from "node:vm"
import { crc32 } from "node:zlib"

/** Milliseconds after which a program has done what it does at each start. */
const settled = 10_000

/** What was kept, but of nobody else. */
const read = (file) => {
  let descriptor
  try {
    descriptor = openSync(file, "r")
    return fstatSync(descriptor).uid === process.geteuid?.() ? readFileSync(descriptor) : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Whoever starts at the same time finds the whole file or none. */
const write = (file, data) => {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, data, { mode: 0o600, flag: "wx" })
    renameSync(draft, file)
  } catch {
    // The next start takes longer.
    rmSync(draft, { force: true })
  }
}

/** Runs the script at `url` and resolves to what it exports; where it `stays`, what it has compiled is kept. */
export const run = (url, stays) => {
  const file = fileURLToPath(url)
  const bytes = readFileSync(file)
  const directory = Module.getCompileCacheDir?.()
  const kept = directory && crc32 && join(directory, `${basename(file)}-${crc32(bytes).toString(16)}`)
  const cachedData = kept && read(kept)
  // It is made of ASCII alone.
  const script = new Script(bytes.toString("latin1"), { filename: file, cachedData })
  if (kept && stays) {
    let size = script.cachedDataRejected ? 0 : cachedData?.length ?? 0
    const keep = () => {
      const data = script.createCachedData()
      if (data.length > 1.1 * size) write(kept, data)
      size = data.length
    }
    setTimeout(keep, settled).unref()
    process.once("exit", () => size === 0 && keep())
  }
  const made = { exports: {} }
  const load = (name) => import(name.startsWith("./") ? new URL(name, url).href : name)
  script.runInThisContext()(Module.createRequire(file), made, load, String(url), dirname(file))
  return made.exports
}
