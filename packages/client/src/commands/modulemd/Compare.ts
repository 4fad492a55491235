/**
 * `orch modulemd diff`: what is different between two files, by meaning.
 */
import * as IndexDiff from "@orch/core/modulemd/IndexDiff"
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd diff [--profile P] [--json] BEFORE AFTER

Compares by meaning: order, style and comments make no difference. Exit code 0: same, 1: different.
  --json   [{_tag: Added|Removed|Changed, kind, key, values: [{path, before, after}]}]
`

const options: Invocation.Command["options"] = {
  profile: Invocation.profileOption,
  json: { type: "boolean", about: "Print the differences as JSON" }
}

const run = async (invocation: Invocation.Invocation): Promise<number> => {
  const { files, flags } = Invocation.options(
    invocation.args,
    options,
    { atLeast: 2, what: "two FILEs" }
  )
  if (files.length > 2) throw new Invocation.UsageProblem("two FILEs are compared, not more")
  const profile = Invocation.profileOf(flags)
  const indexes: Array<ModuleIndex.ModuleIndex> = []
  let valid = true
  for (const file of files) {
    const result = await Invocation.load(invocation, file, profile)
    valid &&= result.isWhole
    const { index, left } = ModuleIndex.fromDocuments(result.documents)
    for (const document of left) {
      valid = false
      invocation.err(`${file}: a ${document._tag} is not compared (orch modulemd upgrade makes a stream of it)\n`)
    }
    indexes.push(index)
  }
  const changes = IndexDiff.between(indexes[0]!, indexes[1]!)
  invocation.out(flags["json"] === true ? `${JSON.stringify(changes)}\n` : IndexDiff.format(changes))
  return valid && changes.length === 0 ? 0 : 1
}

/** The command `orch modulemd diff`. */
export const command: Invocation.Command = {
  run,
  usage,
  options,
  operands: [{ name: "before", isFile: true }, { name: "after", isFile: true }]
}
