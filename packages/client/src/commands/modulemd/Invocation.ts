/**
 * What one call of `orch modulemd` works with: its arguments and where its words go. Commands answer an exit code:
 * 0 all well, 1 the input is not valid (or differs), 2 wrong usage or an input that cannot be read.
 */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Problem from "@orch/core/modulemd/ModulemdProblem"
import type * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import * as InputFile from "./InputFile.ts"

/** The arguments behind the command's name, and where its words go: the answer to `out`, everything else to `err`. */
export interface Invocation {
  readonly args: ReadonlyArray<string>
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Told how many bytes are about to be read as module metadata. */
  readonly expect?: (bytes: number) => void
}

/** The bytes of one input, about to be read. Rejects with an `InputProblem` for a file that cannot be read. */
export const bytes = async (invocation: Invocation, file: string): Promise<Uint8Array> => {
  const found = await InputFile.read(file)
  invocation.expect?.(found.length)
  return found
}

/** The documents of one input with their problems. Rejects with an `InputProblem` for a file that cannot be read. */
export const read = async (
  invocation: Invocation,
  file: string,
  profile: Modulemd.Profile
): Promise<Modulemd.ReadResult> => {
  return Modulemd.readBytes(await bytes(invocation, file), { profile })
}

/** An option of a command: how it is parsed, completed and told of. */
export interface Option {
  readonly type: "string" | "boolean"
  readonly about: string
  readonly short?: string
  /** Whether it may be given more than once. */
  readonly multiple?: boolean
  /** What its value can be, where that is a closed set. */
  readonly choices?: ReadonlyArray<string>
  /** What its value is when it is given without one; a value then follows behind `=`. */
  readonly alone?: string
}

/** What stands behind the options: files, or values of an edit. */
export interface Operand {
  readonly name: string
  readonly isFile: boolean
  readonly choices?: ReadonlyArray<string>
  /** Whether it may be given more than once; the last operand only. */
  readonly multiple?: boolean
}

/** One command of `orch modulemd`, as its file exports it. */
export interface Command {
  readonly run: (invocation: Invocation) => Promise<number>
  readonly usage: string
  readonly options: Readonly<Record<string, Option>>
  readonly operands: ReadonlyArray<Operand>
}

/** The operand of commands that read any number of files. */
export const anyFiles: ReadonlyArray<Operand> = [{ name: "file", isFile: true, multiple: true }]

const profiles = ["auto", "repository", "source", "compat"] as const

/** The option that says what files are read as. */
export const profileOption: Option = {
  type: "string",
  about: "What files are read as: auto (per document), an index of a repository, a package source, or with repairs",
  choices: profiles
}

/** The options that say what a document without name and stream is called. */
export const identityOptions: Command["options"] = {
  name: { type: "string", about: "Name of the module, for documents without one" },
  stream: { type: "string", about: "Stream of the module, for documents without one" }
}

/** The name and stream that `identityOptions` were given; undefined where they were not. */
export const identityOf = (flags: Options["flags"]): Upgrade.Identity => ({
  name: flags["name"] as string | undefined,
  stream: flags["stream"] as string | undefined
})

/** What a stream lacks to be one of a repository, in words; `undefined` for one that lacks nothing. */
export const namelessness = ({ name, stream }: Upgrade.Identity): string | undefined => {
  const lacks = [...(name === undefined ? ["name"] : []), ...(stream === undefined ? ["stream"] : [])]
  if (lacks.length === 0) return undefined
  const subject = name === undefined ? "a stream" : name
  return `${subject} has no ${lacks.join(" and no ")}, which it needs here (${
    lacks.map((what) => `--${what} ${what.toUpperCase()}`).join(" ")
  })`
}

/** Wrong usage; `message` says what, the command's usage follows. */
export class UsageProblem {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** What `options` finds in the arguments. */
export interface Options {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>
  readonly files: ReadonlyArray<string>
}

/**
 * Reads flags and files; a file has to be named, `-` included. Throws a `UsageProblem` for flags that the command does
 * not have and for fewer files than it needs.
 */
export const options = (
  args: ReadonlyArray<string>,
  config: Command["options"],
  { atLeast = 1, what = "a FILE" }: { readonly atLeast?: number; readonly what?: string } = {}
): Options => {
  try {
    const { parseArgs } = process.getBuiltinModule("node:util")
    const { positionals, values } = parseArgs({ args: [...args], options: config, allowPositionals: true })
    if (positionals.length < atLeast) throw new UsageProblem(`${what} is needed (- reads standard input)`)
    return { flags: values as Options["flags"], files: positionals }
  } catch (error) {
    if (error instanceof UsageProblem) throw error
    throw new UsageProblem(error instanceof Error ? error.message : String(error))
  }
}

/** The profile that `--profile` names, `auto` when it is not given; throws a `UsageProblem` for any other. */
export const profileOf = (flags: Options["flags"]): Modulemd.Profile => {
  const name = flags["profile"] ?? "auto"
  const profile = profiles.find((candidate) => candidate === name)
  if (profile === undefined) throw new UsageProblem(`--profile ${String(name)} is none of ${profiles.join(", ")}`)
  return profile
}

/** A problem as programs read it: without the excerpt, with all that can be done in its hint. */
export const problemJson = (problem: Problem.Problem): Omit<Problem.Problem, "excerpt" | "keptBy"> => {
  const { excerpt: _excerpt, hint: _hint, keptBy: _keptBy, ...rest } = problem
  const hint = Problem.advice(problem)
  return hint === undefined ? rest : { ...rest, hint }
}

/** What a file holds, and whether that is all of it. */
export interface Loaded extends Modulemd.ReadResult {
  /** Whether every document was read, with every key that is in it. */
  readonly isWhole: boolean
}

/**
 * Reads one input. What does not come into the documents goes to standard error, and what was repaired; other warnings do
 * not. Throws an `InputProblem` for a file that cannot be read.
 */
export const load = async (invocation: Invocation, file: string, profile: Modulemd.Profile): Promise<Loaded> => {
  const result = await read(invocation, file, profile)
  for (const problem of result.problems) {
    if (problem.severity !== "warning" || problem.isLost === true) invocation.err(`${Problem.format(problem, file)}\n`)
  }
  const isWhole = Modulemd.isValid(result) && !result.problems.some(({ isLost }) => isLost === true)
  return { ...result, isWhole }
}
