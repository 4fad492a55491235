/**
 * What `orch` answers before any command is named: its help and its version, in the form in which every command gives them,
 * but without loading what parses commands.
 */
import * as CommandTable from "../CommandTable.ts"

export { hasColours } from "../Colours.ts"

/** The flags that every command takes. */
const globalFlags: ReadonlyArray<readonly [names: string, value: string, about: string]> = [
  ["--help, -h", "", "Show help information"],
  ["--version, -v", "", "Show version information"],
  ["--wizard", "", "Start wizard mode for a command"],
  ["--completions", "bash|zsh|fish|powershell|sh|pwsh", "Print shell completion script"],
  ["--log-level", CommandTable.logLevels.join("|"), "Sets the minimum log level"]
]

const sgr = (code: number) => (text: string): string => `\x1b[${code}m${text}\x1b[0m`
const plain = (text: string): string => text
const coloured = { bold: sgr(1), dim: sgr(2), cyan: sgr(36), green: sgr(32) }
const uncoloured = { bold: plain, dim: plain, cyan: plain, green: plain }

/** The text of `orch --help`, with a line feed at its end. */
export const help = (colours: boolean): string => {
  const { bold, cyan, dim, green } = colours ? coloured : uncoloured
  const flags = globalFlags.map(([names, value, about]) => {
    const width = names.length + (value === "" ? 0 : value.length + 3)
    return {
      width,
      left: `${names.split(", ").map(green).join(", ")}${value === "" ? "" : ` ${dim(`<${value}>`)}`}`,
      right: value === "" ? about : `${about} (choices: ${value.replaceAll("|", ", ")})`
    }
  })
  const commands = CommandTable.names.map((name) => ({
    width: name.length,
    left: cyan(name),
    right: CommandTable.summaries[name]
  }))
  const table = (rows: typeof flags): ReadonlyArray<string> => {
    const widest = Math.max(...rows.map(({ width }) => width))
    return rows.map(({ left, right, width }) => `  ${left}${" ".repeat(widest - width + 4)}${right}`)
  }
  return `${
    [
      bold("DESCRIPTION"),
      `  ${CommandTable.summary}`,
      "",
      bold("USAGE"),
      `  ${cyan("orch <subcommand> [flags]")}`,
      "",
      bold("GLOBAL FLAGS"),
      ...table(flags),
      "",
      bold("SUBCOMMANDS"),
      ...table(commands)
    ].join("\n")
  }\n`
}

/** The text of `--version`, with a line feed at its end. */
export const version = (number: string, colours: boolean): string => {
  const { bold, dim } = colours ? coloured : uncoloured
  return `${bold("orch")} ${dim("v")}${bold(number)}\n`
}
