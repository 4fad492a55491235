/**
 * The commands of `orch modulemd` in the form of all other commands of `orch`, for what goes through all of them:
 * completions and the wizard. Calls of one command do not come this way (see `bin/orch.js`).
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as CommandTable from "../CommandTable.ts"
import * as WrittenPath from "../WrittenPath.ts"
import type * as Invocation from "./Invocation.ts"
import { commands, run } from "./ModulemdCommand.ts"

type Values = ReadonlyArray<string>

/** All values of an option that were given, none for one that was not; a switch that is on has the value "". */
const flag = (name: string, option: Invocation.Option): Flag.Flag<Values> => {
  const alias = <A>(one: Flag.Flag<A>) => option.short === undefined ? one : Flag.withAlias(one, option.short)
  if (option.type === "boolean") {
    return Flag.Boolean(name).pipe(
      alias,
      Flag.withoutNegation,
      Flag.withDescription(option.about),
      Flag.withDefault(false),
      Flag.map((isOn) => isOn ? [""] : [])
    )
  }
  const one = (option.choices === undefined ? Flag.String(name) : Flag.Literals(name, option.choices)).pipe(
    alias,
    Flag.withDescription(option.about),
    (text) => option.alone === undefined ? text : Flag.withOptionalValue(text, option.alone)
  )
  return option.multiple === true
    ? Flag.atLeast(one, 0)
    : one.pipe(Flag.optional, Flag.map((value) => Option.match(value, { onNone: () => [], onSome: (it) => [it] })))
}

const argument = ({ choices, isFile, multiple, name }: Invocation.Operand): Argument.Argument<Values> => {
  const one = choices !== undefined
    ? Argument.Literals(name, choices)
    : isFile
    ? WrittenPath.argument(name)
    : Argument.String(name)
  return multiple === true ? Argument.atLeast(one, 1) : Argument.map(one, (value) => [value])
}

/** The arguments that `orch modulemd` itself would be called with. */
const argumentsOf = (
  { operands, options }: Invocation.Command,
  values: Readonly<Record<string, Values>>
): ReadonlyArray<string> => [
  ...Object.entries(options).flatMap(([name, { alone, type }]) =>
    (values[name] ?? []).map((value) => type === "boolean" || value === alone ? `--${name}` : `--${name}=${value}`)
  ),
  ...operands.flatMap(({ name }) => values[`${name} `] ?? [])
]

const subcommand = (name: string, summary: string, command: Invocation.Command) =>
  Command.make(
    name,
    {
      ...Object.fromEntries(Object.entries(command.options).map(([option, how]) => [option, flag(option, how)])),
      // An option and an operand may have one name.
      ...Object.fromEntries(command.operands.map((operand) => [`${operand.name} `, argument(operand)]))
    },
    (values) =>
      Effect.promise(async () => {
        process.exitCode = await run({
          args: [name, ...argumentsOf(command, values as Readonly<Record<string, Values>>)],
          out: (text) => void process.stdout.write(text),
          err: (text) => void process.stderr.write(text)
        })
      })
  ).pipe(Command.withDescription(`${summary[0]!.toUpperCase()}${summary.slice(1)}`))

/** The command `modulemd` with all its subcommands, each with its flags and operands. */
export const load = async () =>
  Command.make("modulemd").pipe(
    Command.withDescription(CommandTable.summaries.modulemd),
    Command.withSubcommands(
      await Promise.all(
        Object.entries(commands).map(async ([name, { load, summary }]) => subcommand(name, summary, await load()))
      )
    )
  )
