/**
 * One folder for everything that tests write, which goes with the run. What several files share has nobody else to remove it: vitest
 * kills its workers, so that nothing of theirs is told of the end.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Called by vitest before the first test; what it answers is called after the last. */
export default (): () => void => {
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
