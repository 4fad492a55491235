/** Answers that are lost, servers that stumble, and what is left of a change then: nothing done twice, nothing lost. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import type * as FakePulp from "../src/testing/FakePulp.ts"
import { withFake } from "./Connections.ts"
import * as Modules from "./Modules.ts"
import * as Repodata from "./Repodata.ts"
import * as Rpms from "./Rpms.ts"

const [one, two] = Rpms.build([{ name: "fault-one" }, { name: "fault-two" }])
const module = Modules.make({ artifacts: [one!.nevra] })

const more = { tasks: { pollMillis: { shortest: 5, longest: 20 } }, patienceMillis: 5000 }

const count = ({ seen }: FakePulp.FakePulp, method: string, path: RegExp) =>
  seen.filter((one) => one.method === method && path.test(one.path)).length

/** Requests whose answer a release of one package and its module can lose. */
const losses: ReadonlyArray<readonly [what: string, method: string, path: RegExp]> = [
  ["the login", "POST", /^login\//],
  ["the making of a repository", "POST", /^repositories\/rpm\/rpm\/$/],
  ["an upload", "POST", /packages\/upload\/$/],
  ["the making of a module", "POST", /modulemds\/$/],
  ["the change", "POST", /modify\/$/],
  ["a publication", "POST", /^publications\//],
  ["a distribution", "POST", /^distributions\//],
  ["a look at tasks", "GET", /^tasks\/$/],
  ["a search", "GET", /packages\/$/]
]

describe("when an answer is lost", () => {
  for (const [what, method, path] of losses) {
    for (const instead of ["lost", 502] as const) {
      const how = instead === "lost" ? "is carried out and not answered" : "is answered by a gateway with 502"
      it.live(`${what} that ${how} is not done twice, and the release comes out`, () =>
        withFake((connection, pulp) =>
          Effect.gen(function*() {
            pulp.addMishap({ method, path, instead })
            const host = PulpRepositoryHost.make(connection)
            // Whoever gave the order gives it again, as command workers do.
            const again = { times: 3, while: ({ reason }: { readonly reason: string }) => reason === "unreachable" }
            yield* Effect.retry(host.ensure("a"), again)
            yield* Effect.retry(host.change("a", { key: "1", add: [one!, module], remove: [] }), again)
            const { revision, url } = yield* Effect.retry(host.publish("a"), again)
            assert.strictEqual(revision, 1)
            const seen = yield* Effect.promise(() => Repodata.read(url))
            assert.deepStrictEqual([seen?.packages, seen?.modules], [[one!.nevra], [module.id]])
          }), { more }))
    }
  }

  it.live("a change is found by its id and not given again", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        yield* host.ensure("a")
        pulp.addMishap({ method: "POST", path: /modify\/$/, instead: "lost" })
        yield* host.change("a", { key: "1", add: [one!], remove: [] })
        assert.strictEqual(count(pulp, "POST", /modify\/$/), 1)
      }), { more }))
})

describe("when a process dies", () => {
  it.live("another one finds the change it gave, and waits for it", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const change = { key: "1", add: [one!], remove: [] }
        const first = PulpRepositoryHost.make(connection)
        yield* first.ensure("a")
        pulp.holdTasks()
        const dying = yield* Effect.forkChild(first.change("a", change))
        while (count(pulp, "POST", /modify\/$/) === 0) yield* Effect.sleep("5 millis")
        yield* Fiber.interrupt(dying)
        const second = yield* Effect.forkChild(PulpRepositoryHost.make(connection).change("a", change))
        yield* Effect.sleep("50 millis")
        pulp.releaseTasks()
        assert.strictEqual((yield* Fiber.join(second)).revision, 1)
        assert.strictEqual(count(pulp, "POST", /modify\/$/), 1)
      }), { more }))

  it.live("units that nobody holds may be cleaned up: they are uploaded again", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        yield* host.ensure("a")
        pulp.addMishap({ method: "POST", path: /modify\/$/, instead: 400 })
        const failed = yield* Effect.flip(host.change("a", { key: "1", add: [one!, module], remove: [] }))
        assert.strictEqual(failed.reason, "rejected")
        const json = { orphan_protection_time: 0 }
        const { json: answer } = yield* connection.client.send({ method: "POST", path: "orphans/cleanup/", json })
        yield* connection.tasks.follow((answer as { readonly task: string }).task)
        yield* host.change("a", { key: "1", add: [one!, module], remove: [] })
        assert.deepStrictEqual(yield* host.contents("a"), [one!.nevra, module.id].sort())
        assert.strictEqual(count(pulp, "POST", /packages\/upload\/$/), 2)
      }), { more }))
})

describe("when Pulp is away", () => {
  it.live("for a while, work waits and goes on", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        yield* host.ensure("a")
        const away = yield* Effect.forkChild(Effect.promise(() => pulp.goAway(700)))
        yield* Effect.sleep("20 millis")
        yield* host.change("a", { key: "1", add: [one!], remove: [] })
        yield* Fiber.join(away)
        assert.deepStrictEqual(yield* host.contents("a"), [one!.nevra])
      }), { more }))

  it.live("for longer than the patience, it is called unreachable", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        yield* Effect.promise(() => pulp.close())
        assert.strictEqual((yield* Effect.flip(host.ensure("a"))).reason, "unreachable")
      }), { more: { ...more, patienceMillis: 300 } }))
})

describe("requests", () => {
  it.live("send nothing that Pulp has, and ask for many things at once", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        for (const name of ["a", "b"]) {
          yield* host.ensure(name)
          yield* host.change(name, { key: "1", add: [one!, two!], remove: [] })
        }
        assert.strictEqual(count(pulp, "POST", /packages\/upload\/$/), 2)
        const searches = pulp.seen.filter(({ method, path }) => method === "GET" && path === "content/rpm/packages/")
        assert.strictEqual(searches.length, 2)
        for (const { search } of searches) assert.match(search, /pkgId__in=/)
      }), { more }))

  it.live("send a file once that changes of several repositories want at the same time", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        const names = ["a", "b", "c", "d", "e", "f"]
        yield* Effect.forEach(names, host.ensure)
        const change = { key: "1", add: [one!], remove: [] }
        yield* Effect.forEach(names, (name) => host.change(name, change), { concurrency: "unbounded" })
        assert.strictEqual(count(pulp, "POST", /packages\/upload\/$/), 1)
        for (const name of names) assert.deepStrictEqual(yield* host.contents(name), [one!.nevra])
      }), { more }))

  it.live("make the place of a repository that nobody has seen before it is shown, which is one change then", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        const staging = host.staging!
        yield* host.ensure("new")
        yield* host.change("new", { key: "1", add: [one!], remove: [] })
        const ready = yield* staging.prepare("new")
        yield* staging.prepare("new")
        assert.strictEqual(count(pulp, "POST", /^distributions\//), 1)
        assert.isUndefined(yield* staging.shown("new"))
        assert.isUndefined(yield* Effect.promise(() => Repodata.read(`${pulp.url}/pulp/content/orch/new/`)))
        const { url } = yield* staging.show(ready)
        assert.deepStrictEqual((yield* Effect.promise(() => Repodata.read(url)))?.packages, [one!.nevra])
        assert.deepStrictEqual(
          [count(pulp, "POST", /^distributions\//), count(pulp, "PATCH", /^distributions\//)],
          [1, 1]
        )
      }), { more }))

  it.live("are so many at a time and no more, however much is to be done", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        const names = Array.from({ length: 20 }, (_, index) => `r${index}`)
        const each = { concurrency: "unbounded" } as const
        yield* Effect.forEach(names, (name) => host.ensure(name), each)
        yield* Effect.forEach(names, (name) => host.change(name, { key: "1", add: [one!, two!], remove: [] }), each)
        assert.isAtMost(pulp.busiest(), 3)
      }), { more: { ...more, concurrency: 3 } }))

  it.live("are not repeated for a file that Pulp cannot read", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection)
        yield* host.ensure("a")
        const refused = yield* Effect.flip(host.change("a", { key: "1", add: [one!], remove: [] }))
        assert.strictEqual(refused.reason, "rejected")
        assert.strictEqual(count(pulp, "POST", /packages\/upload\/$/), 2)
      }), { more, fake: { readPackage: () => undefined } }))

  it.live("say that a version is gone that Pulp was told not to keep", () =>
    withFake((connection) =>
      Effect.gen(function*() {
        const host = PulpRepositoryHost.make(connection, { making: { retainVersions: 1 } })
        yield* host.ensure("a")
        const first = yield* host.change("a", { key: "1", add: [one!], remove: [] })
        yield* host.change("a", { key: "2", add: [two!], remove: [] })
        assert.strictEqual((yield* Effect.flip(host.staging!.restore("a", first.revision, "back"))).reason, "gone")
      }), { more }))

  it.live("name a signing service that is not there", () =>
    withFake((connection) =>
      Effect.gen(function*() {
        const signed = PulpRepositoryHost.make(connection, { making: { metadataSigning: "release-key" } })
        yield* signed.ensure("a")
        const other = PulpRepositoryHost.make(connection, { making: { metadataSigning: "no-key" } })
        const refused = yield* Effect.flip(other.ensure("b"))
        assert.strictEqual(refused.reason, "refused")
        assert.include(refused.message, "no-key")
      }), { more, fake: { signingServices: ["release-key"] } }))
})
