/** Plans a release: what goes to which repository, why, and what stands in its way. Nothing is asked and nothing is changed. */
import type { ReleasePackage } from "@orch/core/release/ReleasePackage"
import * as ReleasePlanning from "@orch/core/release/ReleasePlanning"
import * as ReleaseProblem from "@orch/core/release/ReleaseProblem"
import type { ReleaseTarget } from "@orch/core/release/ReleaseTarget"

const target: ReleaseTarget = {
  platform: "el9",
  repositories: ["BaseOS", "AppStream"].flatMap((family) => [
    { name: `el9/${family}/x86_64`, family, arch: "x86_64", kind: "binary" },
    { name: `el9/${family}/src`, family, arch: "src", kind: "source" }
  ]),
  rules: [{ names: "ruby*", family: "AppStream" }],
  keys: ["A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"],
  signatures: "required",
  downgrades: "refused"
}

const built = (nevra: string, source: string, signers: ReadonlyArray<string> = target.keys): ReleasePackage => ({
  nevra,
  source,
  signers,
  sha256: `sum of ${nevra}`,
  location: `/builds/1/${nevra}.rpm`,
  build: 1
})

const plan = ReleasePlanning.plan({
  target,
  packages: [
    built("bash-0:5.1-2.el9.x86_64", "bash"),
    built("bash-doc-0:5.1-2.el9.noarch", "bash"),
    built("bash-0:5.1-2.el9.src", "bash"),
    built("ruby-0:3.3-1.el9.x86_64", "ruby", [])
  ],
  modules: [],
  present: [{ repository: "el9/BaseOS/x86_64", nevra: "bash-0:5.1-1.el9.x86_64" }],
  presentModules: [],
  reference: [],
  edits: []
})

for (const { package: { nevra }, places } of plan.packages) {
  for (const { because, repository, trust } of places) {
    console.log(`${nevra} -> ${repository} (${trust}: ${because._tag})`)
  }
}
for (const problem of plan.problems) console.log(`${problem.severity}: ${ReleaseProblem.describe(problem)}`)
// > bash-0:5.1-2.el9.src -> el9/BaseOS/src (released: Follows)
// > bash-0:5.1-2.el9.x86_64 -> el9/BaseOS/x86_64 (released: Released)
// > bash-doc-0:5.1-2.el9.noarch -> el9/BaseOS/x86_64 (source: Follows)
// > ruby-0:3.3-1.el9.x86_64 -> el9/AppStream/x86_64 (rule: Rule)
// > blocks: ruby-0:3.3-1.el9.x86_64 is not signed with a key of the platform
