/**
 * `orch modulemd lint`: warnings of reading, and advice beyond validity.
 */
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as ModulemdLint from "@orch/core/modulemd/ModulemdLint"
import * as Problem from "@orch/core/modulemd/ModulemdProblem"
import { InputProblem } from "./InputFile.ts"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd lint [--profile P] [--today YYYY-MM-DD] [--json] FILE...

All problems, warnings included, and advice: licences that are not SPDX, components without rationale or ref, an end of
life in the past, api and profiles naming packages that are not there, defaults and obsoletes of streams that are not
there, streams that lost a zero (5.3 where only 5.30 is there), contradictions between documents. What is there is what all
FILEs hold together. Exit code 1: there is something to say.
`

const options: Invocation.Command["options"] = {
  profile: Invocation.profileOption,
  today: { type: "string", about: "The day at which ends of life are looked at (YYYY-MM-DD)" },
  json: { type: "boolean", about: "Print a JSON line for each file" }
}

const run = async (invocation: Invocation.Invocation): Promise<number> => {
  const { files, flags } = Invocation.options(invocation.args, options)
  const today = (flags["today"] as string | undefined) ?? new Date().toISOString().slice(0, 10)
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(today)) {
    throw new Invocation.UsageProblem(`--today ${today} is not YYYY-MM-DD`)
  }
  const profile = Invocation.profileOf(flags)
  const read: Array<Linted> = []
  let code = 0
  for (const file of files) {
    try {
      read.push(await readFile(invocation, file, profile))
    } catch (error) {
      if (!(error instanceof InputProblem)) throw error
      code = 2
      invocation.err(`${file}: ${error.message}\n`)
    }
  }
  const among = read.flatMap(({ documents }) => documents)
  for (const { documents, file, problems } of read) {
    const advice = ModulemdLint.check(documents, { today, among })
    const conflicts = ModuleIndex.conflicts(ModuleIndex.fromDocuments(documents).index)
    if (problems.length + advice.length + conflicts.length > 0) code = Math.max(code, 1)
    if (flags["json"] === true) {
      invocation.out(
        `${
          JSON.stringify({
            file,
            problems: problems.map(Invocation.problemJson),
            advice,
            conflicts
          })
        }\n`
      )
      continue
    }
    for (const problem of problems) invocation.out(`${Problem.format(problem, file)}\n`)
    for (const { code, message, path, subject } of advice) {
      invocation.out(`${file}: advice ${code}: ${subject === "" ? "" : `${subject}: `}${path}: ${message}\n`)
    }
    for (const { kind, message } of conflicts) invocation.out(`${file}: conflict ${kind}: ${message}\n`)
  }
  return code
}

interface Linted extends Modulemd.ReadResult {
  readonly file: string
}

/** Problems by the profile, and beside them all documents that can be made out: one mistake is no reason to see no other. */
const readFile = async (
  invocation: Invocation.Invocation,
  file: string,
  profile: Modulemd.Profile
): Promise<Linted> => {
  const bytes = await Invocation.bytes(invocation, file)
  const { documents, problems } = Modulemd.readBytes(bytes, { profile })
  if (!problems.some(({ keptBy }) => keptBy !== undefined)) return { documents, problems, file }
  return { documents: Modulemd.readBytes(bytes, { profile: "compat" }).documents, problems, file }
}

/** The command `orch modulemd lint`. */
export const command: Invocation.Command = { run, usage, options, operands: Invocation.anyFiles }
