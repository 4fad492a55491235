/** Merges the metadata of two repositories: the order makes no difference, and contradictions are reported. */
import * as ModuleDefaults from "@orch/core/modulemd/ModuleDefaults"
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Option from "effect/Option"

const defaults = (stream: string, modified: bigint) =>
  ModuleDefaults.make({ module: "ruby", modified, stream, profiles: new Map([[stream, ["common"]]]) })

const base = ModuleIndex.fromDocuments([defaults("3.1", 202201010000n)]).index
const updates = ModuleIndex.fromDocuments([defaults("3.3", 202201010000n)]).index

const merged = ModuleIndex.merge(base, updates)
console.log("default stream:", Option.getOrThrow(ModuleIndex.getDefaults(merged, "ruby")).stream)
for (const conflict of ModuleIndex.conflicts(merged)) console.log(`${conflict.severity}: ${conflict.message}`)
// > default stream: undefined
// > warning: ruby: documents of the same time name different default streams (3.1, 3.3); none is set

console.log(Modulemd.write(ModuleIndex.documents(ModuleIndex.override(base, updates))))
// > ---
// > document: modulemd-defaults
// > version: 1
// > data:
// >   module: ruby
// >   modified: 202201010000
// >   stream: "3.3"
// >   profiles:
// >     "3.3": [common]
// > ...
