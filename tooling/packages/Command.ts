/** Runs programs to their end, without a shell; one that fails is thrown with all that it printed. */
import { spawnSync } from "node:child_process"

export interface Surroundings {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Milliseconds; ten minutes unless told. */
  readonly timeout?: number
}

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The exit code and what was printed; 127 where the program cannot be started. */
export const attempt = (command: string, args: ReadonlyArray<string>, surroundings: Surroundings): Ended => {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    cwd: surroundings.cwd,
    env: { ...process.env, ...surroundings.env },
    encoding: "utf8",
    timeout: surroundings.timeout ?? 600_000,
    maxBuffer: 64 * 1024 * 1024
  })
  return { code: status ?? 127, out: stdout ?? "", err: `${stderr ?? ""}${error?.message ?? ""}` }
}

/** What the program printed to standard output. */
export const run = (command: string, args: ReadonlyArray<string>, surroundings: Surroundings): string => {
  const { code, err, out } = attempt(command, args, surroundings)
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}\n${out}${err}`)
  return out
}
