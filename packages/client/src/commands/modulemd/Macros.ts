/**
 * `orch modulemd macros`: the macro file or spec of `module-build-macros` for a stream.
 */
import * as BuildMacros from "@orch/core/modulemd/BuildMacros"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Upgrade from "@orch/core/modulemd/Upgrade"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd macros --disttag TAG [--conflicts LINE]... [--spec] [--profile P] FILE

Prints macros.modules, or with --spec module-build-macros.spec, for the first stream in FILE.
`

const options: Invocation.Command["options"] = {
  profile: Invocation.profileOption,
  disttag: { type: "string", about: "Dist tag of the packages" },
  conflicts: { type: "string", multiple: true, about: "A line of the spec that says what it conflicts with" },
  spec: { type: "boolean", about: "Print the spec file instead of the macro file" }
}

const run = async (invocation: Invocation.Invocation): Promise<number> => {
  const { files, flags } = Invocation.options(invocation.args, options)
  const disttag = flags["disttag"]
  if (typeof disttag !== "string") throw new Invocation.UsageProblem("--disttag is needed")
  const result = await Invocation.load(invocation, files[0]!, Invocation.profileOf(flags))
  const stream = result.documents.map(Upgrade.toStream).find((candidate) => candidate !== undefined)
  if (stream === undefined) {
    invocation.err(`${files[0]}: there is no stream in it\n`)
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
