/**
 * One folder for everything that tests write, which goes with the run. What several files share has nobody else to remove it: vitest
 * kills its workers, so that nothing of theirs is told of the end.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** What is kept for the next run: modules as Node.js compiled them. */
export const compiled = fileURLToPath(new URL("../node_modules/.cache/compiled-tests", import.meta.url))

/** Milliseconds. A file of tests is kept under another name in each run. */
const kept = 24 * 3600 * 1000

const removeOld = () => {
  for (const { name, parentPath } of readdirSync(compiled, { recursive: true, withFileTypes: true })) {
    const path = join(parentPath, name)
    const entry = statSync(path, { throwIfNoEntry: false })
    if (entry?.isFile() === true && Date.now() - entry.mtimeMs > kept) rmSync(path, { force: true })
  }
}

/** Called by vitest before the first test; what it answers is called after the last. */
export default (): () => void => {
  mkdirSync(compiled, { recursive: true })
  removeOld()
  const folder = mkdtempSync(join(tmpdir(), "orch-tests-"))
  // Some tests run programs as other users.
  chmodSync(folder, 0o755)
  process.env["TMPDIR"] = folder
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      remove()
      process.kill(process.pid, signal)
    })
  }
  return remove
}
