/**
 * Runs programs for tests from a small process. Starting one from this process copies its page tables, which takes 40 ms of processor for each 500 MB
 * that it holds, and tests of servers hold that much.
 *
 * A thread speaks with that process, so that this thread can wait for a program and do nothing else meanwhile, as `spawnSync` does.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads"
import type { Ended, Request } from "./SmallProcessRunner.ts"

export interface Options {
  readonly cwd?: string
  /** This process's environment unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What the program reads; nothing unless given. */
  readonly input?: string | Uint8Array
  /** Milliseconds after which it is killed. */
  readonly timeout?: number
}

export type { Ended } from "./SmallProcessRunner.ts"

interface Runner {
  readonly port: MessagePort
  /** Its first number is how many answers were sent. */
  readonly answered: Int32Array
  readonly waiting: Map<number, (ended: Ended) => void>
}

let runner: Runner | undefined
let lastId = 0

const begin = (): Runner => {
  const { port1: port, port2 } = new MessageChannel()
  const answered = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(new URL("SmallProcessThread.mjs", import.meta.url), {
    workerData: { port: port2, answered, runner: new URL("SmallProcessRunner.ts", import.meta.url).href },
    transferList: [port2],
    execArgv: [],
    env: { PATH: process.env["PATH"] }
  })
  thread.unref()
  const begun = { port, answered, waiting: new Map<number, (ended: Ended) => void>() }
  port.on("message", (ended: Ended) => take(begun, ended))
  port.unref()
  return begun
}

const take = ({ port, waiting }: Runner, ended: Ended): void => {
  waiting.get(ended.id)?.(ended)
  waiting.delete(ended.id)
  if (waiting.size === 0) port.unref()
}

const ask = (command: string, args: ReadonlyArray<string>, options: Options, then: (ended: Ended) => void): Runner => {
  runner ??= begin()
  const id = ++lastId
  runner.waiting.set(id, then)
  runner.port.ref()
  const { cwd = process.cwd(), env = process.env, input = "", timeout = 0 } = options
  runner.port.postMessage({ id, command, args, cwd, env: { ...env }, input, timeout } satisfies Request)
  return runner
}

/** Runs a program; resolves however it ends, also where it could not be started. */
export const run = (command: string, args: ReadonlyArray<string>, options: Options = {}): Promise<Ended> =>
  new Promise((resolve) => ask(command, args, options, resolve))

/** How a program ended, with texts of what it printed. */
export interface Ran {
  /** Its exit code; -1 where it was killed or could not be started. */
  readonly code: number
  readonly out: string
  readonly err: string
}

const text = ({ error, status, stderr, stdout }: Ended): Ran => ({
  code: error === undefined && status !== null ? status : -1,
  out: Buffer.from(stdout).toString(),
  err: Buffer.from(stderr).toString()
})

/** As `run`, with texts. */
export const ran = async (command: string, args: ReadonlyArray<string>, options: Options = {}): Promise<Ran> =>
  text(await run(command, args, options))

/** Runs a program and waits for it with all of this thread. */
export const runSync = (command: string, args: ReadonlyArray<string>, options: Options = {}): Ended => {
  let found: Ended | undefined
  const asked = ask(command, args, options, (ended) => {
    found = ended
  })
  for (;;) {
    const before = Atomics.load(asked.answered, 0)
    for (let next = receiveMessageOnPort(asked.port); next !== undefined; next = receiveMessageOnPort(asked.port)) {
      take(asked, next.message as Ended)
    }
    if (found !== undefined) return found
    Atomics.wait(asked.answered, 0, before, 1_000)
  }
}

/** As `runSync`, with texts. */
export const ranSync = (command: string, args: ReadonlyArray<string>, options: Options = {}): Ran =>
  text(runSync(command, args, options))

/** What a program prints, without the white space at its end. Throws with all that it printed where it does not end well. */
export const output = (command: string, args: ReadonlyArray<string>, options: Options = {}): string => {
  const { error, ...ended } = runSync(command, args, options)
  const { code, err, out } = text({ ...ended, ...error === undefined ? {} : { error } })
  if (code === 0) return out.trim()
  throw new Error(`${command} ${args.join(" ")}: ${[error ?? `ended with ${code}`, out, err].join("\n").trim()}`)
}

const known = new Map<string, boolean>()

/** Whether such a program can be started. */
export const isInstalled = (command: string): boolean => {
  const found = known.get(command) ?? runSync(command, ["--version"]).error === undefined
  known.set(command, found)
  return found
}
