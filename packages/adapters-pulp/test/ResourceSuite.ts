/** What the adapter does at a Pulp besides the port; registered for the real Pulp and for the fake alike. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Comps from "../src/Comps.ts"
import * as Copies from "../src/Copies.ts"
import * as CorrelationId from "../src/CorrelationId.ts"
import * as ModuleDocument from "../src/ModuleDocument.ts"
import * as ModuleUnits from "../src/ModuleUnits.ts"
import * as PackageUnits from "../src/PackageUnits.ts"
import * as Pruning from "../src/Pruning.ts"
import * as PulpCapabilities from "../src/PulpCapabilities.ts"
import type { PulpConnection } from "../src/PulpConnection.ts"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import * as Remotes from "../src/Remotes.ts"
import * as Repositories from "../src/Repositories.ts"
import { connect, type Where } from "./Connections.ts"
import * as Rpms from "./Rpms.ts"

const run = Date.now().toString(36)
let serial = 0
const fresh = (what: string): string => `resources-${what}-${run}-${++serial}`

const Group = Schema.Struct({ id: Schema.String })

const defaults = (module: string) =>
  `---
document: modulemd-defaults
version: 1
data:
  module: ${module}
  stream: "1"
  profiles:
    "1": [default]
...
`

const obsoletes = (module: string) =>
  `---
document: modulemd-obsoletes
version: 1
data:
  modified: 2026-02-01T00:00Z
  module: ${module}
  stream: "0"
  message: gone
  obsoleted_by:
    module: ${module}
    stream: "1"
...
`

/** Registers the suite; packages are built when it is called. A test is left out for the reason that `unless` gives. */
export const register = (name: string, where: Where, unless: (test: string) => string | undefined): void => {
  const [one, two] = Rpms.build([{ name: "resource-one" }, { name: "resource-two" }])

  const test = (
    name: string,
    use: (
      connection: PulpConnection,
      host: ReturnType<typeof PulpRepositoryHost.make>
    ) => Effect.Effect<unknown, unknown, Scope.Scope>
  ) => {
    const reason = unless(name)
    if (reason !== undefined) return it.skip(`${name} [skipped: ${reason}]`, () => {})
    return it.live(name, () =>
      Effect.scoped(Effect.gen(function*() {
        const connection = yield* connect(where)
        yield* use(connection, PulpRepositoryHost.make(connection))
      })), 120_000)
  }

  const nevrasOf = ({ client }: PulpConnection, repository: Repositories.Repository, number: number) =>
    Effect.map(
      PackageUnits.ofVersion(client, Repositories.versionOf(repository, number)),
      (units) => units.map(PackageUnits.nevra).sort()
    )

  describe(name, () => {
    test(
      "syncs a repository from another one, tells how far it is, and makes no version of nothing new",
      (connection, host) =>
        Effect.gen(function*() {
          const { client, tasks } = connection
          const origin = fresh("origin")
          yield* host.ensure(origin)
          yield* host.change(origin, { key: "1", add: [one!, two!], remove: [] })
          const { url } = yield* host.publish(origin)
          const remote = yield* Remotes.ensure(client, tasks, { name: origin, url, policy: "immediate" })
          assert.strictEqual(yield* Remotes.ensure(client, tasks, { name: origin, url, policy: "immediate" }), remote)
          yield* Remotes.ensure(client, tasks, { name: origin, url, policy: "on_demand" })
          assert.strictEqual((yield* Remotes.find(client, origin))?.policy, "on_demand")
          const mirror = yield* Repositories.ensure(client, fresh("mirror"))
          const sync = (key: string) =>
            Remotes.sync(client, tasks, mirror, remote, CorrelationId.make("test", mirror.pulp_href, key))
          assert.strictEqual(yield* sync("1"), 1)
          assert.deepStrictEqual(yield* nevrasOf(connection, mirror, 1), [one!.nevra, two!.nevra])
          assert.strictEqual(yield* sync("2"), 1)
        })
    )

    test("says that a remote is not there to sync from", ({ client, tasks }) =>
      Effect.gen(function*() {
        const url = "http://127.0.0.1:9/nowhere/"
        const remote = yield* Remotes.ensure(client, tasks, { name: fresh("nowhere"), url, policy: "immediate" })
        const mirror = yield* Repositories.ensure(client, fresh("mirror"))
        const error = yield* Effect.flip(
          Remotes.sync(client, tasks, mirror, remote, CorrelationId.make("test", mirror.pulp_href))
        )
        assert.strictEqual(error.reason, "failed")
      }))

    test("copies content between repositories, once", (connection, host) =>
      Effect.gen(function*() {
        const { client, tasks } = connection
        const origin = fresh("origin")
        yield* host.ensure(origin)
        yield* host.change(origin, { key: "1", add: [one!, two!], remove: [] })
        const source = yield* Repositories.find(client, PulpRepositoryHost.placeBelow("orch")(origin).repository)
        const target = yield* Repositories.ensure(client, fresh("target"))
        const unit = (yield* PackageUnits.byNevra(client, [one!.nevra], source!.latest_version_href))[0]!
        const id = CorrelationId.make("test", target.pulp_href)
        const copies = [{ from: source!.latest_version_href, to: target.pulp_href, content: [unit.pulp_href] }]
        const made = yield* Copies.copy(client, tasks, id, copies)
        assert.deepStrictEqual(made.map(Repositories.numberOf), [1])
        assert.deepStrictEqual(yield* Copies.copy(client, tasks, id, copies), made)
        assert.deepStrictEqual(yield* nevrasOf(connection, target, 1), [one!.nevra])
      }))

    test("prunes old packages, and waits until that is done", ({ client, tasks }) =>
      Effect.gen(function*() {
        const repository = yield* Repositories.ensure(client, fresh("prune"))
        const group = yield* Pruning.prune(client, tasks, [repository.pulp_href], { keepDays: 1, dryRun: true })
        assert.isAbove(group.completed, 0)
        assert.strictEqual(group.waiting + group.running, 0)
      }))

    test("puts groups into a repository, in place of those that were there", ({ client, tasks }) =>
      Effect.gen(function*() {
        const repository = yield* Repositories.ensure(client, fresh("comps"))
        const comps = (id: string) =>
          `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE comps PUBLIC "-//Red Hat, Inc.//DTD Comps info//EN" "comps.dtd">\n<comps>\n<group>\n<id>${id}</id>\n<name>${id}</name>\n<description/>\n<default>false</default>\n<uservisible>true</uservisible>\n<packagelist>\n<packagereq type="mandatory">resource-one</packagereq>\n</packagelist>\n</group>\n</comps>\n`
        const [early, late] = [fresh("early"), fresh("late")]
        assert.strictEqual(yield* Comps.put(client, tasks, repository, "1", comps(early)), 1)
        assert.strictEqual(yield* Comps.put(client, tasks, repository, "2", comps(late)), 2)
        assert.strictEqual(yield* Comps.put(client, tasks, repository, "1", comps(early)), 1)
        const groups = yield* client.list(Group, "content/rpm/packagegroups/", {
          repository_version: Repositories.versionOf(repository, 2),
          fields: "id"
        })
        assert.deepStrictEqual(groups, [{ id: late }])
      }))

    test("makes defaults and obsoletes of modules, and finds those that are there", ({ client, tasks }) =>
      Effect.gen(function*() {
        const module = fresh("module")
        for (const text of [defaults(module), obsoletes(module)]) {
          const document = yield* Effect.fromResult(ModuleDocument.read(text))
          const made = yield* ModuleUnits.ensure(client, tasks, document, [], {})
          assert.strictEqual(yield* ModuleUnits.ensure(client, tasks, document, [], {}), made)
          assert.include(made, document.kind)
        }
      }))

    test("says what a Pulp is, and that it lacks nothing", ({ client }) =>
      Effect.gen(function*() {
        const status = yield* PulpCapabilities.status(client)
        assert.isDefined(status.versions.get("rpm"))
        assert.isAbove(status.workers, 0)
        assert.match(status.contentUrl ?? "", /^http:.*\/pulp\/content\/$/)
        assert.deepStrictEqual(yield* PulpCapabilities.missing(client), [])
      }))
  })
}
