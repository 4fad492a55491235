/**
 * `orch modulemd normalize` and `upgrade`: the canonical text of what was read.
 */
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModulemdDocument } from "@orch/core/modulemd/ModulemdDocument"
import { kind, nsvca } from "@orch/core/modulemd/ModulemdDocument"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd normalize [--profile P] FILE...

Writes canonical text: sorted, one style, streams v1 as v2, all files as one index. What cannot be written is reported: documents
with errors, and with the profile compat keys that belong to other documents. Exit code 1: something was left out.
`

const upgradeUsage = `orch modulemd upgrade [--profile P] [--name NAME] [--stream STREAM] FILE...

As normalize, and turns packager documents into what a repository holds: packager v2 into a stream, packager v3 into a
stream per configuration and defaults. What a repository could not hold is left out, with exit code 1.
  --name, --stream   name and stream of the documents that have none, as in the source of a package they often do not
`

const options: Invocation.Command["options"] = { profile: Invocation.profileOption }
const upgradeOptions: Invocation.Command["options"] = { ...options, ...Invocation.identityOptions }

/** The documents that are written for one that was read, or what stands in the way. */
type Change = (document: ModulemdDocument) => { readonly documents: ReadonlyArray<ModulemdDocument> } & {
  readonly refusals: ReadonlyArray<string>
}

const run = (invocation: Invocation.Invocation): Promise<number> =>
  each(invocation, options, () => (document) => ({
    documents: [document._tag === "ModuleStreamV1" ? Upgrade.streamV1(document) : document],
    refusals: []
  }))

const runUpgrade = (invocation: Invocation.Invocation): Promise<number> =>
  each(invocation, upgradeOptions, (flags) => {
    const identity = Invocation.identityOf(flags)
    const profile = Invocation.profileOf(flags) === "compat" ? "compat" : "repository"
    return (document) => {
      const upgraded = Upgrade.document(document, identity)
      if (upgraded._tag === "Failure") {
        const { message, reason } = upgraded.failure
        const how = reason === "NameNeeded" ? " (--name NAME --stream STREAM)" : ""
        return { documents: [], refusals: [`${message}${how}`] }
      }
      const refusals = upgraded.success.map((one) => refusalOf(one, profile))
      return {
        documents: upgraded.success.filter((_, i) => refusals[i] === undefined),
        refusals: [...new Set(refusals.filter((refusal) => refusal !== undefined))]
      }
    }
  })

/** Why a repository could not hold the document. */
const refusalOf = (document: ModulemdDocument, profile: Modulemd.Profile): string | undefined => {
  if (document._tag === "ModuleStreamV2") {
    const lack = Invocation.namelessness(document)
    if (lack !== undefined) return lack
  }
  const { problems } = Modulemd.read(Modulemd.write(document), { profile })
  const errors = problems.filter(({ severity }) => severity === "error")
  return errors.length === 0
    ? undefined
    : `${nsvca(document) || kind(document)} has no place in a repository: ${
      errors.map(({ message, path }) => path === "" ? message : `${path}: ${message}`).join("; ")
    }`
}

const each = async (
  invocation: Invocation.Invocation,
  accepted: Invocation.Command["options"],
  changeFor: (flags: Invocation.Options["flags"]) => Change
): Promise<number> => {
  const { files, flags } = Invocation.options(invocation.args, accepted)
  const profile = Invocation.profileOf(flags)
  const change = changeFor(flags)
  const documents: Array<ModulemdDocument> = []
  let isWhole = true
  for (const file of files) {
    const result = await Invocation.load(invocation, file, profile)
    isWhole &&= result.isWhole
    for (const document of result.documents) {
      const changed = change(document)
      for (const item of changed.documents) documents.push(item)
      for (const refusal of changed.refusals) {
        isWhole = false
        invocation.err(`${file}: ${refusal}\n`)
      }
    }
  }
  const { index, left } = ModuleIndex.fromDocuments(documents)
  invocation.out(ModuleIndex.write(index))
  invocation.out(Modulemd.write(left))
  for (const conflict of ModuleIndex.conflicts(index)) {
    if (conflict.severity === "error") isWhole = false
    invocation.err(`${conflict.severity} ${conflict.kind}: ${conflict.message}\n`)
  }
  return isWhole ? 0 : 1
}

/** The command `orch modulemd normalize`. */
export const normalize: Invocation.Command = { run, usage, options, operands: Invocation.anyFiles }

/** The command `orch modulemd upgrade`. */
export const upgrade: Invocation.Command = {
  run: runUpgrade,
  usage: upgradeUsage,
  options: upgradeOptions,
  operands: Invocation.anyFiles
}
