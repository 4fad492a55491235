/** Adds a platform to a packager's document without touching its comments, then shows the streams that will be built. */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as ModulemdDocument from "@orch/core/modulemd/ModulemdDocument"
import * as ModulemdEdit from "@orch/core/modulemd/ModulemdEdit"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import * as Result from "effect/Result"

const source = `document: modulemd-packager
version: 3
data:
  name: nginx
  stream: "1.26"
  summary: A web server
  description: Serves.
  license: [MIT]
  configurations:
  - context: el9
    platform: el9 # the first of all
`

const edited = Result.getOrThrow(ModulemdEdit.addPlatform(source, { from: "el9", to: "el10" }))
console.log(edited.split("\n").slice(8).join("\n").trimEnd())
// >   configurations:
// >   - context: el9
// >     platform: el9 # the first of all
// >   - context: el10
// >     platform: el10 # the first of all

for (const document of Modulemd.read(edited, { profile: "source" }).documents) {
  const streams = Upgrade.document(document)
  if (Result.isSuccess(streams)) { for (const stream of streams.success) console.log(ModulemdDocument.nsvca(stream)) }
}
// > nginx:1.26::el10
// > nginx:1.26::el9
