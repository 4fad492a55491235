/**
 * `orch modulemd …`: dispatches to one command and loads no other, as validating one small file is mostly start-up time.
 */
import { InputProblem } from "./InputFile.ts"
import { type Invocation, UsageProblem } from "./Invocation.ts"

interface Command {
  readonly run: (invocation: Invocation) => Promise<number>
  readonly usage: string
}

const commands: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  validate: { summary: "is it valid, and if not, where and why", load: () => import("./Validate.ts") },
  normalize: { summary: "canonical text", load: () => import("./Normalize.ts") },
  upgrade: {
    summary: "old and packager forms as stream v2 and defaults",
    load: async () => {
      const { runUpgrade, upgradeUsage } = await import("./Normalize.ts")
      return { run: runUpgrade, usage: upgradeUsage }
    }
  },
  merge: { summary: "several files as one index, with all conflicts", load: () => import("./Merge.ts") },
  diff: { summary: "what is different between two files, by meaning", load: () => import("./Compare.ts") },
  query: { summary: "which streams there are, and which hold a package", load: () => import("./Query.ts") },
  lint: { summary: "warnings, and advice beyond validity", load: () => import("./Lint.ts") },
  edit: { summary: "changes that keep comments and layout", load: () => import("./Edit.ts") },
  macros: { summary: "macro file and spec of module-build-macros", load: () => import("./Macros.ts") }
}

export const usage = `orch modulemd COMMAND ...

${Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}\n`).join("")}
orch modulemd COMMAND --help tells more. FILE may be compressed (gz, xz, zst, bz2); - reads standard input.
Exit codes: 0 all well, 1 not valid or different, 2 wrong usage or unreadable input.
`

/** Runs one command line (without `orch modulemd`) and answers its exit code. */
export const run = async ({ args, err, out }: Invocation): Promise<number> => {
  const [name, ...rest] = args
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    ;(name === undefined ? err : out)(usage)
    return name === undefined ? 2 : 0
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) {
    err(`orch modulemd: ${JSON.stringify(name)} is not a command\n\n${usage}`)
    return 2
  }
  const command = await entry.load()
  if (rest.includes("--help") || rest.includes("-h")) {
    out(command.usage)
    return 0
  }
  try {
    return await command.run({ args: rest, out, err })
  } catch (error) {
    if (error instanceof UsageProblem) err(`orch modulemd ${name}: ${error.message}\n\n${command.usage}`)
    else if (error instanceof InputProblem) err(`${error.file}: ${error.message}\n`)
    else throw error
    return 2
  }
}
