/**
 * What one call of `orch modulemd` works with: its arguments and where its words go. Commands answer an exit code:
 * 0 all well, 1 the input is not valid (or differs), 2 wrong usage or an input that cannot be read.
 */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Problem from "@orch/core/modulemd/Problem"
import { parseArgs, type ParseArgsOptionsConfig } from "node:util"
import * as InputFile from "./InputFile.ts"

export interface Invocation {
  readonly args: ReadonlyArray<string>
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** Wrong usage; `message` says what, the command's usage follows. */
export class UsageProblem {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

export interface Options {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>
  readonly files: ReadonlyArray<string>
}

/** Flags and files; a file has to be named, `-` included. */
export const options = (
  args: ReadonlyArray<string>,
  config: ParseArgsOptionsConfig,
  { atLeast = 1, what = "a FILE" }: { readonly atLeast?: number; readonly what?: string } = {}
): Options => {
  try {
    const { positionals, values } = parseArgs({ args: [...args], options: config, allowPositionals: true })
    if (positionals.length < atLeast) throw new UsageProblem(`${what} is needed (- reads standard input)`)
    return { flags: values as Options["flags"], files: positionals }
  } catch (error) {
    if (error instanceof UsageProblem) throw error
    throw new UsageProblem(error instanceof Error ? error.message : String(error))
  }
}

const profiles = ["auto", "repository", "source", "compat"] as const

export const profileOf = (flags: Options["flags"]): Modulemd.Profile => {
  const name = flags["profile"] ?? "auto"
  const profile = profiles.find((candidate) => candidate === name)
  if (profile === undefined) throw new UsageProblem(`--profile ${String(name)} is none of ${profiles.join(", ")}`)
  return profile
}

/** Reads one input; what is wrong with it goes to standard error, warnings only when asked for. */
export const load = async (
  invocation: Invocation,
  file: string,
  profile: Modulemd.Profile,
  warnings = false
): Promise<Modulemd.ReadResult> => {
  const result = Modulemd.readBytes(await InputFile.read(file), { profile })
  for (const problem of result.problems) {
    if (warnings || problem.severity !== "warning") invocation.err(`${Problem.format(problem, file)}\n`)
  }
  return result
}
