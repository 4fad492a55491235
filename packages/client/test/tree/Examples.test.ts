/** Examples in the help of commands: each command for builds, nodes, signatures, tests, the graph, history and gates has one, of flags that it has. */
import { assert, describe, it } from "@effect/vitest"
import * as CommandTree from "@orch/client/commands/tree/CommandTree"
import type * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"

const orch = await CommandTree.load(["--completions", "bash"])
const described = Completions.fromCommand(orch)

interface Leaf {
  readonly path: ReadonlyArray<string>
  readonly command: Command.Command.Any
}

const leaves = (path: ReadonlyArray<string>, command: Command.Command.Any): ReadonlyArray<Leaf> => {
  const below = command.subcommands.flatMap(({ commands }) => commands)
  return below.length === 0
    ? [{ path, command }]
    : below.flatMap((one) => leaves([...path, one.name], one))
}
const all = leaves([], orch)
const groups = ["build", "node", "sign", "test", "impact", "campaign", "graph", "history", "gate"]

/** The flags of a command by its path. */
const flagsOf = (path: ReadonlyArray<string>): ReadonlySet<string> => {
  let found = described
  for (const name of path) found = found.subcommands.find((one) => one.name === name) ?? found
  return new Set(found.flags.map(({ name }) => `--${name}`))
}

describe("the help of orch", () => {
  it.each(
    all.filter(({ path: [group = ""] }) => groups.includes(group)).map((one) => ({ ...one, name: one.path.join(" ") }))
  )(
    "$name has an example that names the command and flags it has",
    ({ command, path }) => {
      assert.isAbove(command.examples.length, 0)
      for (const { command: example } of command.examples) {
        const [first = ""] = example.split(/ (?:&&|\|\|) /)
        assert.isTrue(`${first} `.startsWith(`orch ${path.join(" ")} `), example)
        const known = flagsOf(path)
        for (const [flag] of first.matchAll(/(?<= )--[a-z-]+/g)) assert.isTrue(known.has(flag), `${flag} in ${example}`)
      }
    }
  )
})
