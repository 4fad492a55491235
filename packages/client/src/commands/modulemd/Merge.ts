/**
 * `orch modulemd merge`: several files as one index, and everything in them that contradicts something else.
 */
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd merge [--priority [N]] [--strict-default-streams] [--profile P] [--json] FILE...

Merges module metadata; the order of files of one priority makes no difference. Prints what could be merged. Exit code 1:
a file was not valid, not all of it could be read (standard error says what not), or documents of the same time contradict each other about default profiles.
  --priority      every FILE has a higher priority than the one before it
  --priority N    the priority of the FILEs that follow, 0 to 1000; 0 when not given. Higher ones override defaults and
                  obsoletes, newer translations count at any priority, a build that is there is never replaced
  --strict-default-streams  contradicting default streams of the same time are errors, too
  --json          {text, conflicts} instead of text; conflicts go to standard error otherwise
`

const options: Invocation.Command["options"] = {
  priority: { type: "string", multiple: true, alone: "rising", about: "Priority of the files that follow, 0 to 1000" },
  profile: Invocation.profileOption,
  json: { type: "boolean", about: "Print text and conflicts as JSON" },
  "strict-default-streams": { type: "boolean", about: "Count contradicting default streams as errors" }
}

interface Input {
  readonly file: string
  readonly priority: number
}

const run = async (invocation: Invocation.Invocation): Promise<number> => {
  const { inputs, rest } = prioritized(invocation.args)
  const { flags } = Invocation.options(rest, options, { atLeast: inputs.length === 0 ? 1 : 0 })
  const profile = Invocation.profileOf(flags)
  let valid = true
  let index = ModuleIndex.empty
  for (const { file, priority } of inputs) {
    const result = await Invocation.load(invocation, file, profile)
    valid &&= result.isWhole
    const loaded = ModuleIndex.addAll(index, result.documents, priority)
    index = loaded.index
    for (const document of loaded.left) {
      valid = false
      invocation.err(
        `${file}: error: a ${document._tag}${
          document._tag === "ModuleStreamV2" ? " without name or stream" : ""
        } has no place in an index (orch modulemd upgrade gives it one)\n`
      )
    }
  }
  const strict = flags["strict-default-streams"] === true
  const conflicts = ModuleIndex.conflicts(index).map((conflict) =>
    strict && conflict.kind === "default-stream" ? { ...conflict, severity: "error" as const } : conflict
  )
  if (conflicts.some(({ severity }) => severity === "error")) valid = false
  const text = ModuleIndex.write(index)
  if (flags["json"] === true) invocation.out(`${JSON.stringify({ text, conflicts })}\n`)
  else {
    for (const { kind, message, severity } of conflicts) invocation.err(`${severity} ${kind}: ${message}\n`)
    invocation.out(text)
  }
  return valid ? 0 : 1
}

/** Takes files and their priorities out of the arguments; the order of both matters, which `parseArgs` does not keep. */
const prioritized = (
  args: ReadonlyArray<string>
): { readonly inputs: ReadonlyArray<Input>; readonly rest: ReadonlyArray<string> } => {
  const inputs: Array<Input> = []
  const rest: Array<string> = []
  let priority = 0
  let rising = false
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === "--priority" || arg.startsWith("--priority=")) {
      const value = arg === "--priority" ? args[i + 1] : arg.slice("--priority=".length)
      if (value !== undefined && /^[0-9]+$/.test(value)) {
        priority = Number(value)
        if (priority > 1000) throw new Invocation.UsageProblem(`--priority ${value} is not from 0 to 1000`)
        if (arg === "--priority") i++
      } else if (arg === "--priority") rising = true
      else throw new Invocation.UsageProblem(`${arg}: an integer from 0 to 1000 is expected`)
    } else if (arg === "--profile") rest.push(arg, args[++i] ?? "")
    else if (arg.startsWith("-") && arg !== "-") rest.push(arg)
    else inputs.push({ file: arg, priority: rising ? inputs.length : priority })
  }
  return { inputs, rest }
}

/** The command `orch modulemd merge`. */
export const command: Invocation.Command = { run, usage, options, operands: Invocation.anyFiles }
