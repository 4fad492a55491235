/** Starts the programs of a pipeline, each reading what the one before wrote, and tells how they ended. */
import * as ChildProcess from "node:child_process"
import type { Pipeline } from "./Confinement.ts"

export interface Options {
  readonly cwd?: string
  readonly env: Readonly<Record<string, string>>
  /** Input of the first, output of the last, errors of all. */
  readonly stdio: readonly ["ignore", "inherit" | "pipe" | number, "inherit" | "pipe" | number]
}

export interface Running {
  readonly children: ReadonlyArray<ChildProcess.ChildProcess>
  /**
   * The exit code of the last that did not end with 0, or 0; 128 and more for those ended by a signal, 127 for those that
   * could not be started.
   */
  readonly ended: Promise<number>
}

/** The exit code of what could not be started; `env` and shells use the same. */
export const notStarted = 127

/** Signals have numbers for shells and none in Node.js; only that there was one is told. */
const bySignal = 137

const end = (child: ChildProcess.ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.on("error", () => resolve(notStarted))
    child.on("exit", (code) => resolve(code ?? bySignal))
  })

/** Starts them all at once. */
export const run = (pipeline: Pipeline, { cwd, env, stdio: [input, output, errors] }: Options): Running => {
  const last = pipeline.length - 1
  const children = pipeline.map(({ args, command }, index) =>
    ChildProcess.spawn(command, args, {
      cwd,
      env,
      stdio: [index === 0 ? input : "pipe", index === last ? output : "pipe", errors]
    })
  )
  for (const [index, child] of children.entries()) {
    const next = children[index + 1]
    if (next === undefined || child.stdout === null || next.stdin === null) continue
    next.stdin.on("error", () => child.stdout?.destroy())
    child.stdout.pipe(next.stdin)
  }
  const ended = Promise.all(children.map(end)).then((codes) => codes.findLast((code) => code !== 0) ?? 0)
  return { children, ended }
}
