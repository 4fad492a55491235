/** What is removed from a hub after module builds have ended, by whom, and what never is. */
import { assert, describe, it } from "@effect/vitest"
import { KojiBuildSystem, KojiHub } from "@orch/adapters-koji"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import type { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { component, modulePlan } from "../../../core/test/modulebuild/plans.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgFarmWork from "../../src/database/PgFarmWork.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as KojiCleanup from "../../src/farms/KojiCleanup.ts"
import * as MbsRecording from "../../src/mbs/MbsRecording.ts"
import * as ModuleBuildsLayer from "../../src/modulebuilds/ModuleBuildsLayer.ts"
import { databases } from "../support/Databases.ts"

const world = (database: typeof databases[number]["layer"]) =>
  Layer.merge(
    ModuleBuildsLayer.layer([MbsRecording.projection(ResolutionSettings.defaults)]),
    PgFarmWork.layer([ModuleBuildsLayer.farmSource])
  ).pipe(
    Layer.provideMerge(
      Layer.merge(PgCommandQueue.layer({ pollInterval: "1 minute", lease: "5 seconds" }), PgOutbox.layer)
    ),
    Layer.provideMerge(database)
  )

const connected = Effect.gen(function*() {
  const fake = yield* Effect.acquireRelease(
    Effect.promise(() => FakeKojiHub.start()),
    (hub) => Effect.promise(() => hub.close())
  )
  fake.addTag("el9-build")
  const hub = yield* KojiHub.scoped({
    name: "fake",
    server: fake.url,
    login: { _tag: "Password", user: "orch", password: Redacted.make("orchpw") }
  })
  const system = yield* KojiBuildSystem.make(hub, { platformTags: { el9: "el9-build" }, macrosPackage: false })
  return { fake, hub, system }
})

const hour = 3_600_000
const tagOf = (name: string) => `module-${name}-1-20261121000000-00000000`

/** A module build that is in this state since some hours, with a buildroot at the hub. */
const build = Effect.fnUntraced(function*(
  { system }: Effect.Success<typeof connected>,
  name: string,
  state: ModuleBuildState,
  hours: number,
  fields: Partial<ModulePlan> = {}
) {
  const store = yield* ModuleBuilds
  const sql = yield* SqlClient.SqlClient
  const now = yield* Clock.currentTimeMillis
  const plan = modulePlan([component("a")], {
    name,
    stream: "1",
    version: 20_261_121_000_000n,
    context: "00000000",
    ...fields
  })
  const { state: { id } } = yield* store.create(plan, { _tag: "Submitted", at: now, by: "alice" })
  const ended = ["done", "failed", "ready", "garbage"].includes(state) ? new Date(now - hours * hour) : null
  yield* sql`UPDATE module_build SET state = ${state}, completed_at = ${ended} WHERE id = ${id}`
  const { context, scratch, stream, version } = plan
  const { id: root } = yield* system.prepare({
    key: `module-build-${id}`,
    name,
    stream,
    version,
    context,
    scratch,
    platform: "el9",
    arches: ["x86_64"],
    distTag: `module+${id}`,
    macros: "",
    packages: [],
    modules: [],
    groups: {},
    blocked: []
  })
  return root.split(" ")[0]!
})

const day = { targetSeconds: 24 * 3600, tagSeconds: 0, everySeconds: 3600 }

describe.each(databases)("cleaning up a hub, with builds in $name", ({ layer }) => {
  it.live("removes the targets of builds that ended a day ago, and of no others", () =>
    Effect.gen(function*() {
      const at = yield* connected
      const { fake, hub } = at
      for (const state of ["done", "failed", "ready", "garbage"] as const) {
        yield* build(at, `old-${state}`, state, 25)
        yield* build(at, `new-${state}`, state, 23)
      }
      for (const state of ["init", "wait", "build"] as const) yield* build(at, state, state, 0)
      // One that failed long ago and was submitted again.
      yield* build(at, "again", "failed", 100)
      yield* build(at, "again", "build", 0)
      yield* build(at, "imported", "ready", 100, {
        imported: { kojiTag: tagOf("imported"), virtualStreams: [], commit: null }
      })
      yield* hub.write({ method: "createBuildTarget", params: ["module-foreign", tagOf("init"), "el9-build"] })
      const before = [...fake.targets()]
      const cleaned = yield* KojiCleanup.round(hub, day)
      const gone = ["done", "failed", "ready", "garbage"].map((state) => tagOf(`old-${state}`))
      assert.sameMembers([...cleaned?.targets ?? []], gone)
      assert.deepStrictEqual(cleaned?.tags, [])
      assert.sameMembers([...fake.targets()], before.filter((name) => !gone.includes(name)))
    }).pipe(Effect.scoped, Effect.provide(world(layer))))

  it.live("removes tags when told to, those of packages that users install never", () =>
    Effect.gen(function*() {
      const at = yield* connected
      yield* build(at, "kept", "ready", 1000)
      yield* build(at, "recent", "failed", 100)
      const lost = yield* build(at, "lost", "failed", 1000)
      const scratch = yield* build(at, "try", "done", 1000, { scratch: true })
      const cleaned = yield* KojiCleanup.round(at.hub, { ...day, tagSeconds: 500 * 3600 })
      assert.sameMembers([...cleaned?.tags ?? []], [
        `${tagOf("kept")}-build`,
        `${lost}-build`,
        lost,
        `${scratch}-build`,
        scratch
      ])
      assert.includeMembers([...at.fake.tags()], [tagOf("kept"), tagOf("recent"), `${tagOf("recent")}-build`])
    }).pipe(Effect.scoped, Effect.provide(world(layer))))

  it.live("is done by one of several servers in each interval", () =>
    Effect.gen(function*() {
      const at = yield* connected
      yield* build(at, "old", "failed", 25)
      const rounds = yield* Effect.all(Array.from({ length: 4 }, () => KojiCleanup.round(at.hub, day)), {
        concurrency: "unbounded"
      })
      assert.lengthOf(rounds.filter((one) => one !== undefined), 1)
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE upkeep_turn SET taken_at = taken_at - interval '3601 seconds'`
      assert.isDefined(yield* KojiCleanup.round(at.hub, day))
    }).pipe(Effect.scoped, Effect.provide(world(layer))))
})
