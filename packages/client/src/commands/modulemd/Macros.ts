/**
 * `orch modulemd macros`: the macro file or spec of `module-build-macros` for a stream.
 */
import * as BuildMacros from "@orch/core/modulemd/BuildMacros"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd macros --disttag TAG [--conflicts LINE]... [--spec] [--profile P]
                     [--name NAME] [--stream STREAM] FILE

Prints macros.modules, or with --spec module-build-macros.spec, for the first stream in FILE. --name and --stream are for a
package source, which has none.
`

const options: Invocation.Command["options"] = {
  profile: Invocation.profileOption,
  ...Invocation.identityOptions,
  disttag: { type: "string", about: "Dist tag of the packages" },
  conflicts: { type: "string", multiple: true, about: "A line of the spec that says what it conflicts with" },
  spec: { type: "boolean", about: "Print the spec file instead of the macro file" }
}

const run = async (invocation: Invocation.Invocation): Promise<number> => {
  const { files, flags } = Invocation.options(invocation.args, options)
  const disttag = flags["disttag"]
  if (typeof disttag !== "string") throw new Invocation.UsageProblem("--disttag is needed")
  const result = await Invocation.load(invocation, files[0]!, Invocation.profileOf(flags))
  const found = result.documents.map(Upgrade.toStream).find((candidate) => candidate !== undefined)
  if (found === undefined) {
    invocation.err(`${files[0]}: there is no stream in it\n`)
    return 1
  }
  const given = Invocation.identityOf(flags)
  const stream = { ...found, name: found.name ?? given.name, stream: found.stream ?? given.stream }
  const lack = Invocation.namelessness(stream)
  if (lack !== undefined) {
    invocation.err(`${files[0]}: ${lack}\n`)
    return 1
  }
  const conflicts = (flags["conflicts"] ?? []) as unknown as ReadonlyArray<string>
  const { macros, spec } = BuildMacros.make(stream, { disttag, conflicts })
  invocation.out(flags["spec"] === true ? spec : macros)
  return Modulemd.isValid(result) ? 0 : 1
}

/** The command `orch modulemd macros`. */
export const command: Invocation.Command = {
  run,
  usage,
  options,
  operands: [{ name: "file", isFile: true }]
}
