/** What campaigns may have of a farm: a share of it in turns, the longest chain first, and never what people wait for. */
import { assert, layer } from "@effect/vitest"
import { OrchClient } from "@orch/client"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as Tiers from "./Tiers.ts"

interface Served {
  readonly server: TestServer.TestServer
  readonly farm: MemoryBuildSystem.Control
  /** Says how many packages the farm builds at a time from now on. */
  readonly grow: (slots: number) => void
}

class World extends Context.Service<World, Served>()("test/campaigns/FairWorld") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function*() {
      const built = yield* Layer.build(MemoryBuildSystem.layer({ pace: "manual" }))
      const system = Context.get(built, BuildSystem)
      let slots = 1
      const server = yield* TestServer.start(
        { ORCH_RECONCILE_INTERVAL: "200" },
        {
          farm: Layer.succeed(BuildSystem, { ...system, slots: Effect.sync(() => slots) }),
          host: MemoryRepositoryHost.layer
        }
      )
      return {
        server,
        farm: Context.get(built, MemoryBuildSystem.MemoryFarm),
        grow: (to) => {
          slots = to
        }
      }
    })
  )
}

/** A module of one component, which others may have as well. */
const document = (name: string, component: string, after?: string): string => {
  const text = TestServer.modulemd({ [component]: ["ref: main"] }).replace("name: demo", `name: ${name}`)
  return after === undefined ? text : text.replace("{platform: [el9]}", `{platform: [el9], ${after}: ["1"]}`)
}

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })(
  "campaigns on a farm that others use",
  (it) => {
    it.effect(
      "take turns, begin with the longest chain, and leave room for what people submit",
      () =>
        Effect.gen(function*() {
          const { farm, grow, server: { git, url } } = yield* World
          const { campaigns, moduleBuilds } = yield* OrchClient.OrchClient.pipe(
            Effect.provide(OrchClient.OrchClient.layer({ url }))
          )
          const commit = (repository: string, files: Readonly<Record<string, string>>) =>
            TestRepository.make(Path.join(git, repository)).commit(files)
          const shared = ["left", "right"].map((name) => {
            const repository = TestRepository.make(Path.join(git, "rpms", name))
            repository.commit({ [`${name}.spec`]: SpecFile.make(name) })
            return repository
          })
          commit("rpms/own", { "own.spec": SpecFile.make("own") })
          const submit = (name: string, component: string, after?: string) => {
            const sha = commit(`modules/${name}`, { [`${name}.yaml`]: document(name, component, after) })
            return moduleBuilds.submit({ payload: { scmurl: `file://${git}/modules/${name}?#${sha}` } })
          }
          /** Components that run, as the names of their modules. */
          const running = Effect.gen(function*() {
            const { items } = yield* moduleBuilds.list({ query: { limit: "100" } })
            const names = new Map(items.map(({ id, name }) => [String(id), name]))
            const all = yield* farm.running
            return all.map(({ request, task }) => ({
              task,
              urgency: request.urgency ?? 0,
              name: [...names].find(([id]) => request.key.includes(`-${id}/`) || request.key.startsWith(`${id}/`))?.[1]
                ?? request.key
            }))
          })
          const finishAll = Effect.gen(function*() {
            for (const { task } of yield* farm.running) yield* farm.settle(task)
          })
          const readyOf = (name: string, component: string, after?: string) =>
            Effect.gen(function*() {
              const [build] = yield* submit(name, component, after)
              yield* Tiers.until(
                Effect.andThen(finishAll, moduleBuilds.get({ params: { id: String(build!.id) } })),
                ({ state }) => state === "ready"
              )
            })
          // The last two of the left ones are what others are built with.
          for (const name of ["left-a", "left-b", "left-c", "left-d"]) yield* readyOf(name, "left")
          for (const name of ["left-c", "left-d"]) yield* readyOf(`behind-${name}`, "own", name)
          for (const name of ["right-a", "right-b"]) yield* readyOf(name, "right")

          for (const repository of shared) repository.commit({ changed: "two" })
          const left = yield* campaigns.plan({ payload: { subject: "rpms/left" } })
          const building = (side: string, count: number) =>
            Tiers.until(
              moduleBuilds.list({ query: { limit: "100" } }),
              ({ items }) =>
                items.filter(({ name, state }) => name.startsWith(side) && state === "build").length === count
            )
          // Which of the four comes first is chance. The first has the only slot, and of the three that wait the order is seen.
          yield* building("left-", 4)
          yield* Tiers.until(running, (all) => all.length === 1)
          // Four packages at a time, of which campaigns may have three.
          grow(4)
          const busy = yield* Tiers.until(running, (all) => all.length >= 3)
          assert.includeMembers(
            busy.map(({ name }) => name),
            ["left-c", "left-d"],
            "what the longest chains wait for is the next"
          )
          const right = yield* campaigns.plan({ payload: { subject: "rpms/right" } })
          // Both of its modules wait for a slot, and say so.
          yield* building("right-", 2)
          yield* Effect.sleep("1200 millis")
          assert.deepStrictEqual((yield* running).map(({ name }) => name.slice(0, 4)), ["left", "left", "left"])

          // Nobody waits for them.
          yield* submit("mine", "own")
          const mine = yield* Tiers.until(running, (all) => all.length === 4)
          assert.deepStrictEqual(mine.filter(({ urgency }) => urgency === 0).map(({ name }) => name), ["mine"])

          // Of what becomes free the campaign gets its turn that has less.
          yield* farm.settle(busy[1]!.task)
          const next = yield* Tiers.until(running, (all) => all.some(({ name }) => name.startsWith("right-")))
          assert.isAtMost(next.filter(({ urgency }) => urgency < 0).length, 3)

          // Whatever is free goes to them, and both end.
          const ends = (id: number) =>
            Tiers.until(
              Effect.andThen(finishAll, campaigns.get({ params: { id: String(id) } })),
              ({ state }) => state !== "running"
            )
          assert.strictEqual((yield* ends(left.id)).state, "done")
          assert.strictEqual((yield* ends(right.id)).state, "done")
        }),
      60_000
    )
  }
)
