/**
 * `orch modulemd normalize` and `upgrade`: the canonical text of what was read.
 */
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModulemdDocument } from "@orch/core/modulemd/ModulemdDocument"
import * as Upgrade from "@orch/core/modulemd/Upgrade"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd normalize [--profile P] FILE...

Writes canonical text: sorted, one style, streams v1 as v2, all files as one index. Documents with errors are left out and
reported, with exit code 1.
`

const upgradeUsage = `orch modulemd upgrade [--profile P] FILE...

As normalize, and turns packager documents into what a repository holds: packager v2 into a stream, packager v3 into a
stream per configuration and defaults.
`

const options: Invocation.Command["options"] = { profile: Invocation.profileOption }

const run = (invocation: Invocation.Invocation): Promise<number> =>
  each(invocation, (document) => [document._tag === "ModuleStreamV1" ? Upgrade.streamV1(document) : document])

const runUpgrade = (invocation: Invocation.Invocation): Promise<number> =>
  each(invocation, (document) => {
    const upgraded = Upgrade.document(document)
    return upgraded._tag === "Success" ? upgraded.success : upgraded.failure.message
  })

const each = async (
  invocation: Invocation.Invocation,
  change: (document: ModulemdDocument) => ReadonlyArray<ModulemdDocument> | string
): Promise<number> => {
  const { files, flags } = Invocation.options(invocation.args, options)
  const profile = Invocation.profileOf(flags)
  const documents: Array<ModulemdDocument> = []
  let valid = true
  for (const file of files) {
    const result = await Invocation.load(invocation, file, profile)
    valid &&= Modulemd.isValid(result)
    for (const document of result.documents) {
      const changed = change(document)
      if (typeof changed !== "string") {
        for (const item of changed) documents.push(item)
      } else {
        valid = false
        invocation.err(`${file}: ${changed}\n`)
      }
    }
  }
  const { index, left } = ModuleIndex.fromDocuments(documents)
  invocation.out(ModuleIndex.write(index))
  invocation.out(Modulemd.write(left))
  for (const conflict of ModuleIndex.conflicts(index)) {
    if (conflict.severity === "error") valid = false
    invocation.err(`${conflict.severity} ${conflict.kind}: ${conflict.message}\n`)
  }
  return valid ? 0 : 1
}

/** The command `orch modulemd normalize`. */
export const normalize: Invocation.Command = { run, usage, options, operands: Invocation.anyFiles }

/** The command `orch modulemd upgrade`. */
export const upgrade: Invocation.Command = {
  run: runUpgrade,
  usage: upgradeUsage,
  options,
  operands: Invocation.anyFiles
}
