/**
 * `orch modulemd query`: which streams there are, and which hold a package.
 */
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import { nsvca } from "@orch/core/modulemd/ModulemdDocument"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd query [--rpm PATTERN] [--nsvca PATTERN] [--name P] [--stream P] [--version P]
                    [--context P] [--arch P] [--profile P] [--json] FILE...

Lists the streams that fit all patterns (shell patterns, all streams without one), newest version first.
  --rpm P     with an artifact name-epoch:version-release.arch that fits, or a package of that name
  --nsvca P   whose name:stream:version:context:arch fits
  --json      one line per stream: {nsvca, summary, default, rpms}
Exit code 1: nothing fits.
`

const parts = ["name", "stream", "version", "context", "arch"] as const

const pattern = (about: string): Invocation.Option => ({ type: "string", about: `Shell pattern of ${about}` })
const options: Invocation.Command["options"] = {
  rpm: pattern("an artifact, or of the name of a package"),
  nsvca: pattern("name:stream:version:context:arch"),
  ...Object.fromEntries(parts.map((part) => [part, pattern(`the ${part}`)])),
  profile: Invocation.profileOption,
  json: { type: "boolean", about: "Print a JSON line for each stream" }
}

const run = async (invocation: Invocation.Invocation): Promise<number> => {
  const { files, flags } = Invocation.options(invocation.args, options)
  const value = (name: string): string | undefined => flags[name] as string | undefined
  const profile = Invocation.profileOf(flags)
  let index = ModuleIndex.empty
  let valid = true
  for (const file of files) {
    const result = await Invocation.load(invocation, file, profile)
    valid &&= Modulemd.isValid(result)
    const added = ModuleIndex.addAll(index, result.documents)
    index = added.index
    for (const document of added.left) {
      invocation.err(`${file}: a ${document._tag} is not looked at (orch modulemd upgrade makes a stream of it)\n`)
    }
  }
  const pattern = Object.fromEntries(parts.flatMap((name) => {
    const given = value(name)
    return given === undefined ? [] : [[name, given]]
  }))
  const [rpm, key] = [value("rpm"), value("nsvca")]
  const holding = rpm === undefined
    ? undefined
    : new Map(ModuleIndex.searchRpms(index, rpm).map((stream) => [stream, ModuleIndex.matchingRpms(stream, rpm)]))
  const fitting = key === undefined ? undefined : new Set(ModuleIndex.searchNsvca(index, key))
  const found = ModuleIndex.search(index, pattern).filter((stream) =>
    (holding?.has(stream) ?? true) && (fitting?.has(stream) ?? true)
  )
  const defaults = ModuleIndex.defaultStreams(index)
  for (const stream of found) {
    const isDefault = defaults.get(stream.name!) === stream.stream
    const rpms = holding?.get(stream) ?? []
    invocation.out(
      flags["json"] === true
        ? `${JSON.stringify({ nsvca: nsvca(stream), summary: stream.summary, default: isDefault, rpms })}\n`
        : `${nsvca(stream)}${isDefault ? " [default]" : ""}\n${rpms.map((nevra) => `    ${nevra}\n`).join("")}`
    )
  }
  return valid && found.length > 0 ? 0 : 1
}

/** The command `orch modulemd query`. */
export const command: Invocation.Command = { run, usage, options, operands: Invocation.anyFiles }
