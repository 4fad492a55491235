/** The adapter for Module Build Services, held to the promises of farms that own module builds, on a server with that service's face. */
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import type { FarmModuleRequest } from "@orch/core/ports/ModuleFarm"
import { moduleFarmContract } from "@orch/core/testing/ModuleFarmContract"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as MbsBuildSystem from "../../src/mbsfarm/MbsBuildSystem.ts"
import type * as MbsModuleFarm from "../../src/mbsfarm/MbsModuleFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as MbsPeer from "./MbsPeer.ts"

class Peer extends Context.Service<Peer, MbsPeer.MbsPeer>()("test/mbsfarm/Peer") {
  static readonly layer = Layer.effect(
    Peer,
    Effect.tap(
      MbsPeer.start(),
      ({ git }) =>
        Effect.sync(() =>
          TestRepository.make(Path.join(git, "rpms", "alpha")).commit({ "alpha.spec": SpecFile.make("alpha") })
        )
    )
  )
}

/** Where modules are, for a service that takes them from git. */
const modules = { git: "" }

const farm = (submits: MbsModuleFarm.Submits) =>
  Layer.effect(
    BuildSystem,
    Effect.flatMap(Peer, ({ git, url }) => {
      modules.git = git
      return MbsBuildSystem.make({
        mbsFarmUrl: url,
        mbsFarmTokenFile: undefined,
        mbsFarmSubmits: submits,
        mbsFarmInterval: 100,
        mbsFarmArches: ["x86_64"],
        platforms: ["el9"]
      })
    })
  ).pipe(Layer.provideMerge(Peer.layer))

const document = (name: string, component: string) =>
  [
    "document: modulemd",
    "version: 2",
    "data:",
    `  name: ${name}`,
    "  stream: \"1\"",
    "  version: 20260101000000",
    "  summary: Test",
    "  description: For tests",
    "  license: {module: [MIT]}",
    "  dependencies:",
    "    - buildrequires: {platform: [el9]}",
    "      requires: {platform: [el9]}",
    "  components:",
    "    rpms:",
    `      ${component}: {rationale: Test, ref: main}`,
    ""
  ].join("\n")

const request = (name: string, outcome: "built" | "refused"): FarmModuleRequest => ({
  name,
  stream: "1",
  version: 920260101000000n,
  context: "00000000",
  document: outcome === "refused"
    ? document(name, "alpha").replace("version: 2", "version: 99")
    : document(name, "alpha"),
  streams: { platform: "el9" },
  requires: { platform: ["el9"] },
  scratch: false,
  owner: "alice"
})

const there = <A, E>(use: (peer: MbsPeer.MbsPeer) => Effect.Effect<A, E>) => Effect.flatMap(Peer, use)

const hooks = {
  settle: (id: string, outcome: "ready" | "failed", reason: string) =>
    there(({ settle }) => settle(id, outcome, reason)),
  begun: (name: string) => there(({ begun }) => begun(name)),
  loseAnswer: there(({ lose }) => Effect.sync(() => lose("POST", "forgotten"))),
  forget: (id: string) => there(({ forget }) => forget(id))
}

moduleFarmContract("MbsModuleFarm", {
  layer: farm("modulemd"),
  request: ({ name, outcome }) => request(name, outcome),
  ...hooks
})

/** The same module, as a commit in git: made where it is asked for first. */
const committed = new Map<string, string>()
const bySource = (name: string, outcome: "built" | "refused"): FarmModuleRequest => {
  const asked = request(name, outcome)
  const at = Path.join(modules.git, "modules", name)
  if (!committed.has(name)) {
    const repository = TestRepository.make(at)
    const document = asked.document.replace(/^ {2}version: \d+\n/m, "")
    committed.set(name, repository.commit({ [`${name}.yaml`]: document }))
    // By the custom of dist-git its branch is called like the stream.
    repository.git("branch", asked.stream)
  }
  const commit = committed.get(name)!
  return { ...asked, scmurl: `file://${at}?#${commit}` }
}

moduleFarmContract("MbsModuleFarm by commits", {
  layer: farm("scmurl"),
  request: ({ name, outcome }) => bySource(name, outcome),
  later: (asked) => ({ ...asked, scmurl: asked.scmurl!.replace(/#.*/, `#${"0".repeat(40)}`) }),
  ...hooks
})
