/**
 * `orch modulemd …`: dispatches to one command and loads no other, as validating one small file is mostly start-up time.
 */
import * as CommandTable from "../CommandTable.ts"
import { InputProblem } from "./InputFile.ts"
import { type Command, type Invocation, UsageProblem } from "./Invocation.ts"
import * as Validate from "./Validate.ts"

/** All commands of `orch modulemd`, in the order of its help, and how each is loaded. */
export const commands: Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>
> = {
  validate: {
    summary: "is it valid, and if not, where and why",
    // Loaded in any case: it is called most, and what it stands on the others stand on, too.
    load: () => Promise.resolve(Validate.command)
  },
  normalize: { summary: "canonical text", load: async () => (await import("./Normalize.ts")).normalize },
  upgrade: {
    summary: "old and packager forms as stream v2 and defaults",
    load: async () => (await import("./Normalize.ts")).upgrade
  },
  merge: {
    summary: "several files as one index, with all conflicts",
    load: async () => (await import("./Merge.ts")).command
  },
  diff: {
    summary: "what is different between two files, by meaning",
    load: async () => (await import("./Compare.ts")).command
  },
  query: {
    summary: "which streams there are, and which hold a package",
    load: async () => (await import("./Query.ts")).command
  },
  lint: { summary: "warnings, and advice beyond validity", load: async () => (await import("./Lint.ts")).command },
  edit: { summary: "changes that keep comments and layout", load: async () => (await import("./Edit.ts")).command },
  macros: {
    summary: "macro file and spec of module-build-macros",
    load: async () => (await import("./Macros.ts")).command
  }
}

const usage = `orch modulemd COMMAND ...

${Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}\n`).join("")}
orch modulemd COMMAND --help tells more. FILE may be compressed (gz, xz, zst, bz2); - reads standard input.
--version, --completions SHELL and --wizard are answered as by all of orch.
Exit codes: 0 all well, 1 not valid or different, 2 wrong usage or unreadable input.
`

/** Runs one command line (without `orch modulemd`) and answers its exit code. */
export const run = async (invocation: Invocation): Promise<number> => {
  const { err, expect, out } = invocation
  const { level, others } = logLevel(invocation.args)
  if (level !== undefined && !CommandTable.logLevels.some((known) => known === level)) {
    err(`orch modulemd: --log-level ${level} is none of ${CommandTable.logLevels.join(", ")}\n\n${usage}`)
    return 2
  }
  // Help may be asked for before or behind the command.
  const isHelp = others[0] === "help" || others[0] === "--help" || others[0] === "-h"
  const [name, ...rest] = isHelp && others.length > 1 ? [others[1]!, "--help"] : others
  if (name === undefined || isHelp && others.length === 1) {
    ;(isHelp ? out : err)(usage)
    return isHelp ? 0 : 2
  }
  if (name === "--version" || name === "-v") return tellVersion(out)
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) {
    err(`orch modulemd: ${JSON.stringify(name)} is not a command\n\n${usage}`)
    return 2
  }
  const command = await entry.load()
  const flags = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length)
  if (flags.includes("--help") || flags.includes("-h")) {
    out(command.usage)
    return 0
  }
  if (asksVersion(command, flags)) return tellVersion(out)
  try {
    return await command.run({ args: rest, out, err, ...(expect === undefined ? {} : { expect }) })
  } catch (error) {
    if (error instanceof UsageProblem) err(`orch modulemd ${name}: ${error.message}\n\n${command.usage}`)
    else if (error instanceof InputProblem) err(`${error.file}: ${error.message}\n`)
    else throw error
    return 2
  }
}

/** A command with an option `--version` of its own is asked for ours where that has no value and nothing else is given. */
const asksVersion = (command: Command, flags: ReadonlyArray<string>): boolean =>
  flags.includes("-v") || (Object.hasOwn(command.options, "version")
    ? flags.length === 1 && flags[0] === "--version"
    : flags.includes("--version"))

const tellVersion = async (out: Invocation["out"]): Promise<number> => {
  const [{ hasColours, version }, { default: packageJson }] = await Promise.all([
    import("../help/FirstHelp.ts"),
    import("../../../package.json", { with: { type: "json" } })
  ])
  out(version(packageJson.version, hasColours(process.stdout.isTTY, process.env)))
  return 0
}

/** Every command of orch takes a log level; these have nothing to log. */
const logLevel = (
  args: ReadonlyArray<string>
): { readonly level: string | undefined; readonly others: ReadonlyArray<string> } => {
  const end = args.includes("--") ? args.indexOf("--") : args.length
  const at = args.findIndex((arg, i) => i < end && (arg === "--log-level" || arg.startsWith("--log-level=")))
  if (at < 0) return { level: undefined, others: args }
  const isApart = args[at] === "--log-level"
  return {
    level: isApart ? args[at + 1] ?? "" : args[at]!.slice("--log-level=".length),
    others: [...args.slice(0, at), ...args.slice(at + (isApart ? 2 : 1))]
  }
}
