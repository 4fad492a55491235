/** The adapter of this example, held to the promises of the port: this file is what an own adapter's test looks like. */
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { buildSystemContract } from "@orch/core/testing/BuildSystemContract"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { jobFarm } from "./JobFarm.ts"
import * as JobServer from "./JobServer.ts"

class Server extends Context.Service<Server, JobServer.JobServer>()("examples/Server") {}

const server = Layer.effect(
  Server,
  Effect.acquireRelease(Effect.promise(() => JobServer.start()), ({ close }) => Effect.promise(close))
)
const farm = Layer.unwrap(Effect.map(Server, ({ url }) => BuildSystem.fromPromises(jobFarm(url))))

const paths = {
  prepare: /^\/rooms\/[^/]+$/,
  submit: /jobs$/,
  cancel: /stop$/,
  admit: /packages$/,
  finish: /^\/rooms\/[^/]+$/
}

buildSystemContract("a farm of one's own", {
  layer: Layer.provideMerge(farm, server),
  request: ({ component, key }) => ({
    key,
    component,
    source: { _tag: "Git", repository: `https://git.example.org/${component}`, commit: "a".repeat(40) },
    arches: ["x86_64"],
    priority: 1,
    buildOnly: false
  }),
  begun: (key) => Effect.map(Server, ({ begun }) => begun(key)),
  loseAnswer: (operation) => Effect.map(Server, ({ loseNext }) => loseNext(paths[operation])),
  available: ({ id }) => Effect.map(Server, ({ packages }) => packages(id).map((nvr) => nvr.split("-")[0] ?? ""))
})
