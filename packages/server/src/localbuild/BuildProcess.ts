/**
 * Runs the programs of a build, confined, with an eye on them: time, log, disk, memory, and whether anybody still wants it.
 */
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Path from "node:path"
import * as MarkedProcesses from "../programs/MarkedProcesses.ts"
import * as ProcessTree from "../programs/ProcessTree.ts"
import * as DiskWatch from "./DiskWatch.ts"
import * as FarmTask from "./FarmTask.ts"
import type { RunnerJob } from "./RunnerJob.ts"
import * as ConfinedCommand from "./sandbox/ConfinedCommand.ts"
import type { Confinement, Pipeline } from "./sandbox/Confinement.ts"
import * as PipelineRun from "./sandbox/PipelineRun.ts"
import * as Sandbox from "./sandbox/Sandbox.ts"

/** What went wrong, and is the component's fault or the machine's, not the farm's. */
export class BuildFailure extends Error {}

export interface Options {
  readonly job: RunnerJob
  readonly confinement: Confinement
  /** The whole environment of the programs. */
  readonly environment: Readonly<Record<string, string>>
  /** As `performance.now()` counts. */
  readonly deadline: number
}

const mebibyte = 1024 * 1024
const lookMillis = 250
/** Looking through all processes costs more than the rest. */
const memoryRounds = 4

/**
 * What starts a sandbox has an environment of no meaning, since it may be seen from inside, and it ends with this process.
 * Without a sandbox, programs have their own at once, and the mark to be found by.
 */
const outer = ({ confinement, environment, job }: Options): Record<string, string> =>
  Sandbox.isConfined(confinement.sandbox)
    ? { PATH: "/usr/bin:/bin" }
    : { ...environment, [MarkedProcesses.variable]: job.task }

/**
 * One pipe for output and errors, so that their order stays, and which is no file: whoever has a file as its output can also
 * make it empty or fill the disk by it.
 */
const openLog = (job: RunnerJob) => {
  const path = Path.join(job.attempt, "output")
  Fs.rmSync(path, { force: true })
  ChildProcess.execFileSync("mkfifo", ["-m", "600", path], { env: { PATH: "/usr/bin:/bin" } })
  const { O_NONBLOCK, O_RDONLY, O_WRONLY } = Fs.constants
  const read = Fs.openSync(path, O_RDONLY | O_NONBLOCK)
  const write = Fs.openSync(path, O_WRONLY)
  Fs.rmSync(path)
  return { write, stream: new Net.Socket({ fd: read, readable: true, writable: false }) }
}

/** Kills what runs and all that it started. */
const kill = ({ children }: PipelineRun.Running, task: string): void => {
  for (const child of children) child.kill("SIGKILL")
  MarkedProcesses.kill(task)
}

/** Watches until it ends; answers the reason why it was stopped, if it was. */
const watch = ({ confinement, deadline, job }: Options, stop: (reason: string) => void): () => void => {
  const disk = DiskWatch.make({ tree: confinement.work, maxBytes: job.maxTreeBytes })
  let rounds = 0
  const timer = setInterval(() => {
    rounds += 1
    if (performance.now() > deadline) return stop(`no end after ${job.timeoutMillis / 1000} s`)
    // Canceled by a server that cannot kill this process, such as one in another container.
    if (FarmTask.result(job.task) !== undefined) return stop("canceled")
    const full = disk.check()
    if (full !== undefined) return stop(full)
    if (rounds % memoryRounds !== 0 || ProcessTree.memory(process.pid) <= job.maxMemoryBytes) return
    stop(`its processes take more than ${Math.round(job.maxMemoryBytes / mebibyte)} MiB of memory`)
  }, lookMillis)
  return () => clearInterval(timer)
}

const runOne = async (options: Options, pipeline: Pipeline): Promise<number> => {
  const { job } = options
  const { stream, write } = openLog(job)
  const log = Fs.openSync(FarmTask.logPath(job.task), "a")
  let room = job.maxLogBytes - Fs.fstatSync(log).size
  const running = PipelineRun.run(pipeline, {
    cwd: options.confinement.work,
    env: outer(options),
    stdio: ["ignore", write, write]
  })
  Fs.closeSync(write)
  let stopped: string | undefined
  const stop = (reason: string) => {
    stopped ??= reason
    kill(running, job.task)
  }
  stream.on("data", (chunk: Buffer) => {
    Fs.writeSync(log, chunk.subarray(0, Math.max(0, room)))
    room -= chunk.length
    if (room < 0) stop(`its log is larger than ${job.maxLogBytes} bytes`)
  })
  const drained = new Promise<void>((resolve) => stream.on("close", () => resolve()).on("error", () => resolve()))
  const unwatch = watch(options, stop)
  const code = await running.ended
  unwatch()
  // What is confined is gone now; without a sandbox somebody may still hold the pipe.
  await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, 2_000).unref())])
  stream.destroy()
  Fs.closeSync(log)
  if (stopped !== undefined) throw new BuildFailure(stopped)
  return code
}

/** Runs the pipelines until one fails, their output in the build's log; answers the exit code. */
export const run = async (options: Options, pipelines: ReadonlyArray<Pipeline>): Promise<number> => {
  for (const pipeline of ConfinedCommand.wrap(options.confinement, pipelines, options.environment)) {
    const code = await runOne(options, pipeline)
    if (code === PipelineRun.notStarted) {
      const programs = [...new Set(pipelines.flat().map(({ command }) => command))]
      throw new BuildFailure(`${programs.join(" or ")} cannot be run`)
    }
    if (code !== 0) return code
  }
  return 0
}

const maxOutputBytes = 16 * mebibyte

/** Runs one program and answers what it wrote, or `undefined` when it failed. */
export const capture = async (options: Options, command: string, args: ReadonlyArray<string>) => {
  const [pipeline = []] = ConfinedCommand.wrap(options.confinement, [[{ command, args }]], options.environment)
  const running = PipelineRun.run(pipeline, {
    cwd: options.confinement.work,
    env: outer(options),
    stdio: ["ignore", "pipe", "inherit"]
  })
  const chunks: Array<Buffer> = []
  let bytes = 0
  const stdout = running.children.at(-1)?.stdout
  const drained = new Promise<void>((resolve) => stdout?.on("close", () => resolve()))
  stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxOutputBytes) kill(running, options.job.task)
    else chunks.push(chunk)
  })
  const deadline = setTimeout(() => kill(running, options.job.task), 120_000)
  const code = await running.ended
  await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, 2_000).unref())])
  clearTimeout(deadline)
  return code === 0 && bytes <= maxOutputBytes ? Buffer.concat(chunks).toString("utf8") : undefined
}
