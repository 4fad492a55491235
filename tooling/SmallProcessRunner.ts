/** The small process that runs programs for a large one (`SmallProcess.ts`). It ends with it. */
import { spawn } from "node:child_process"

export interface Request {
  readonly id: number
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly input: string | Uint8Array
  /** Milliseconds; 0 is for ever. */
  readonly timeout: number
}

/** How a program ended. */
export interface Ended {
  readonly id: number
  readonly status: number | null
  readonly signal: string | null
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** Why it could not be started. */
  readonly error?: string
}

const run = ({ args, command, cwd, env, id, input, timeout }: Request): void => {
  const child = spawn(command, args, { cwd, env, timeout, killSignal: "SIGKILL" })
  const printed = { stdout: [] as Array<Buffer>, stderr: [] as Array<Buffer> }
  child.stdout.on("data", (part: Buffer) => printed.stdout.push(part))
  child.stderr.on("data", (part: Buffer) => printed.stderr.push(part))
  let error: string | undefined
  child.on("error", ({ message }) => error = message)
  child.on("close", (status, signal) =>
    process.send!(
      {
        id,
        status,
        signal,
        stdout: Buffer.concat(printed.stdout),
        stderr: Buffer.concat(printed.stderr),
        ...error === undefined ? {} : { error }
      } satisfies Ended
    ))
  // A program need not read what it is given.
  child.stdin.on("error", () => {})
  child.stdin.end(input)
}

process.on("message", (request) => run(request as Request))
process.on("disconnect", () => process.exit())
