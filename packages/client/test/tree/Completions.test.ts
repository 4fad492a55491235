/** Completions that shells load: every command and flag of `orch` is offered, `orch modulemd` included. */
import { assert, describe, it } from "@effect/vitest"
import * as CommandTree from "@orch/client/commands/tree/CommandTree"
import * as Completions from "effect/cli/Completions"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"

const orch = Completions.fromCommand(await CommandTree.load(["--completions", "bash"]))
const folder = mkdtempSync(join(tmpdir(), "orch-completions-"))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, "some-modules.yaml"), "")

/** What is typed so far, and what a shell has to offer then. */
interface Expected {
  readonly typed: string
  readonly words: ReadonlyArray<string>
}

const expectations = (path: string, command: Completions.CommandDescriptor): ReadonlyArray<Expected> => [
  ...(command.subcommands.length === 0
    ? []
    : [{ typed: `${path} `, words: command.subcommands.map(({ name }) => name) }]),
  ...(command.flags.length === 0
    ? []
    : [{ typed: `${path} --`, words: command.flags.map(({ name }) => `--${name}`) }]),
  ...command.flags.flatMap(({ name, type }) =>
    type._tag === "Choice" ? [{ typed: `${path} --${name} `, words: type.values }] : []
  ),
  ...command.arguments.slice(0, 1).flatMap(({ type }) =>
    type._tag === "Path" ? [{ typed: `${path} some-`, words: ["some-modules.yaml"] }] : []
  ),
  ...command.subcommands.flatMap((sub) => expectations(`${path} ${sub.name}`, sub))
]
const all = expectations("orch", orch)

/** Runs a shell on the script and the lines typed; its answer has the words offered on one line for each of these. */
const offered = (shell: "bash" | "fish", program: string): ReadonlyArray<ReadonlyArray<string>> => {
  const script = join(folder, `orch.${shell}`)
  writeFileSync(script, Completions.generate("orch", shell, orch))
  const args = [...(shell === "fish" ? ["--no-config"] : []), "-c", program]
  const { err, out } = SmallProcess.ranSync(shell, args, {
    cwd: folder,
    env: { ...process.env, SCRIPT: script, TYPED: all.map(({ typed }) => typed).join("\n") }
  })
  assert.strictEqual(err, "")
  return out.trimEnd().split("\n").map((line) => line.split(" "))
}

const bash = `source "$SCRIPT"
while IFS= read -r line; do
  COMP_LINE="$line"; COMP_POINT=\${#line}; read -ra COMP_WORDS <<< "$line"
  [[ "$line" == *" " ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=()
  _orch orch "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
  echo "\${COMPREPLY[*]}"
done <<< "$TYPED"`

const fish = `source $SCRIPT
for line in (string split \\n -- $TYPED)
  echo (complete -C $line | string split -f 1 \\t)
end`

describe("completions", () => {
  it("know all commands that orch has", () => {
    const names = (command: Completions.CommandDescriptor) => command.subcommands.map(({ name }) => name)
    const modulemd = orch.subcommands.find(({ name }) => name === "modulemd")!
    assert.includeMembers(names(orch), ["module-build", "modulemd", "plan", "repo", "koji"])
    assert.includeMembers(names(modulemd), ["validate", "normalize", "upgrade", "merge", "diff", "query", "lint"])
    assert.isAbove(all.length, 50)
  })

  for (const [shell, program] of [["bash", bash], ["fish", fish]] as const) {
    it(`offer every command, flag, choice and file in ${shell}`, ({ skip }) => {
      if (!SmallProcess.isInstalled(shell)) return skip(`${shell} is not installed`)
      const answers = offered(shell, program)
      for (const [index, { typed, words }] of all.entries()) {
        assert.includeMembers([...answers[index]!], [...words], typed)
      }
    })
  }

  it("offer every command and flag in zsh", ({ skip }) => {
    if (!SmallProcess.isInstalled("zsh")) return skip("zsh is not installed")
    const script = join(folder, "_orch")
    writeFileSync(script, Completions.generate("orch", "zsh", orch))
    // What the functions hand to the completion system is what it offers.
    const ask = (command: Completions.CommandDescriptor, path: ReadonlyArray<string>): void => {
      const { err, out } = SmallProcess.ranSync("zsh", [
        "-f",
        "-c",
        `compdef() { : }; _arguments() { print -rl -- "$@" }; _describe() { print -rl -- "\${(@P)4}" }; source ${script} 2>/dev/null
state=command; _${path.join("_").replaceAll("-", "_")}`
      ])
      assert.strictEqual(err, "", path.join(" "))
      for (const { name } of command.flags) assert.include(out, `--${name}`, path.join(" "))
      for (const sub of command.subcommands) ask(sub, [...path, sub.name])
    }
    ask(orch, ["orch"])
  })
})
