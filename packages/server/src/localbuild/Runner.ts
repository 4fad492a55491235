/**
 * The process that builds one component. It is started detached, outlives the server, and leaves its answer on disk.
 *
 * Being started twice for one task is harmless: only the one that takes the task's lock builds.
 */
import * as Schema from "effect/Schema"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as MarkedProcesses from "../programs/MarkedProcesses.ts"
import * as RemoveTree from "../programs/RemoveTree.ts"
import * as BuildSlot from "./BuildSlot.ts"
import * as FarmTask from "./FarmTask.ts"
import * as RpmBuild from "./RpmBuild.ts"
import { RunnerJob } from "./RunnerJob.ts"
import * as Sandbox from "./sandbox/Sandbox.ts"

/**
 * The same job below a path that shell scripts and macros can bear: spec files leave `%{buildroot}` unquoted, so without a
 * sandbox a data directory with a blank or `%` in its name is built in through a link.
 */
const withPlainPath = (job: RunnerJob): { readonly job: RunnerJob; readonly link: string | undefined } => {
  if (Sandbox.isConfined(job.sandbox) || /^[A-Za-z0-9_.,/@:=~-]+$/.test(job.attempt)) return { job, link: undefined }
  const link = Path.join(Os.tmpdir(), `orch-build-${Crypto.randomUUID()}`)
  Fs.symlinkSync(job.attempt, link)
  return { link, job: { ...job, attempt: link } }
}

/** When the machine is out of memory, a build has to go before the server does. */
const preferToBeKilled = (): void => {
  try {
    Fs.writeFileSync("/proc/self/oom_score_adj", "500")
  } catch {
    // Not Linux, or no `/proc` to write in.
  }
}

const main = async (jobFile: string): Promise<void> => {
  const job = Schema.decodeUnknownSync(RunnerJob)(JSON.parse(Fs.readFileSync(jobFile, "utf8")))
  BuildSlot.enter(job.slot)
  if (FarmTask.result(job.task) !== undefined || !FarmTask.takeRunner(job.task)) {
    await RemoveTree.remove(job.attempt)
    return
  }
  preferToBeKilled()
  const started = performance.now()
  const { job: plain, link } = withPlainPath(job)
  const result = await RpmBuild.build(plain).catch((cause): RpmBuild.Outcome => ({
    state: "failed",
    artifacts: [],
    reason: `the local farm could not build it: ${cause instanceof Error ? cause.message : String(cause)}`
  }))
  await FarmTask.finish(job.task, { ...result, seconds: Math.round((performance.now() - started) / 10) / 100 })
  MarkedProcesses.kill(job.task)
  if (link !== undefined) Fs.rmSync(link)
  // With them goes what servers left that were killed while they prepared this build.
  await RemoveTree.remove(FarmTask.attemptsPath(job.task))
  BuildSlot.leave(job.slot)
  Fs.rmSync(job.open, { force: true })
}

await main(process.argv[2] ?? "")
