/**
 * A folder in memory for what the tests write: they make hundreds of thousands of small files that nobody reads again, and a disk
 * takes many times as long for each.
 */
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { freemem } from "node:os"
import { join } from "node:path"
import { run } from "./run.mjs"

const place = "/dev/shm"

/** Bytes that must be free there, and in the machine's memory: what is written stays below a third of it. */
const needed = { there: 3e9, memory: 6e9 }

const nothing = { folder: undefined, remove: () => {} }

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
  try {
    const { bavail, bsize } = statfsSync(place)
    if (bavail * bsize < needed.there || (process.availableMemory?.() ?? freemem()) < needed.memory) return nothing
    const folder = mkdtempSync(join(place, "orch-test-"))
    const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    if (await runsPrograms(folder)) {
      chmodSync(folder, 0o755)
      return { folder, remove }
    }
    remove()
  } catch {
    // It is no place for files.
  }
  return nothing
}
