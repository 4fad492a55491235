/**
 * A folder in memory for what the tests write: they make hundreds of thousands of small files that nobody reads again, and a disk
 * takes many times as long for each.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { freemem } from "node:os"
import { join } from "node:path"
import { isAlive, run } from "./run.mjs"

const place = "/dev/shm"

/** Bytes that must be free in that place, and in the machine's memory. The tests write less than a third of the first. */
const needed = { there: 3e9, memory: 6e9 }

const nothing = { folder: undefined, remove: () => {} }

const remove = (folder) => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  } catch (error) {
    console.error(`setup: ${folder} could not be removed: ${error.message}`)
  }
}

/**
 * Removes what runs left that were killed: their number is in the folder's name. A PostgreSQL that still runs there ends by itself
 * within a minute, when it finds its folder gone.
 */
const removeLeft = () => {
  for (const name of readdirSync(place)) {
    const pid = /^orch-test-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(place, name))
  }
}

/** Containers often forbid to run what is there, or give it little room. */
const runsPrograms = async (folder) => {
  const program = join(folder, "probe")
  writeFileSync(program, "#!/bin/sh\nexit 0\n")
  chmodSync(program, 0o755)
  const { code } = await run(program, [])
  rmSync(program)
  return code === 0
}

/** Resolves to `{ folder, remove }`; `folder` is `undefined` where there is none of use, or `TMPDIR` says where to write. */
export const memoryFolder = async () => {
  if ((process.env["TMPDIR"] ?? "") !== "") return nothing
  let folder
  try {
    removeLeft()
    const { bavail, bsize } = statfsSync(place)
    if (bavail * bsize < needed.there || (process.availableMemory?.() ?? freemem()) < needed.memory) return nothing
    folder = mkdtempSync(join(place, `orch-test-${process.pid}-`))
    // PostgreSQL runs as another user where this is root.
    chmodSync(folder, 0o755)
    if (await runsPrograms(folder)) return { folder, remove: () => remove(folder) }
  } catch {
    // It is no place for files.
  }
  if (folder !== undefined) remove(folder)
  return nothing
}
