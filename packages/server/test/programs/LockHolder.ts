/** A process for tests of `FileLock`: counts under the lock, reading and writing a file without any other care. */
import * as FileLock from "@orch/server/programs/FileLock"
import * as Fs from "node:fs"

const [lock = "", counter = "", rounds = "0", end = "finish"] = process.argv.slice(2)
for (let round = 0; round < Number(rounds);) {
  if (!FileLock.tryAcquire(lock)) continue
  if (end === "stay") FileLock.sign(lock)
  const value = Number(Fs.readFileSync(counter, "utf8"))
  Fs.writeFileSync(counter, String(value + 1))
  round += 1
  if (end === "stay") {
    setInterval(() => {}, 1_000)
    break
  }
  // One that dies holds the lock for ever, unless it is rescued.
  if (end === "die" && round === Number(rounds)) process.kill(process.pid, "SIGKILL")
  FileLock.release(lock)
}
