/** What Pulp surprises with, and what the adapter makes of it; registered for the real Pulp and for the fake alike. */
import { assert, describe, it } from "@effect/vitest"
import { contentId } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { writeFileSync } from "node:fs"
import * as CorrelationId from "../src/CorrelationId.ts"
import * as PackageFile from "../src/PackageFile.ts"
import * as PackageUnits from "../src/PackageUnits.ts"
import * as Publications from "../src/Publications.ts"
import type { PulpConnection } from "../src/PulpConnection.ts"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import * as Repositories from "../src/Repositories.ts"
import * as Uploads from "../src/Uploads.ts"
import { connect, type Where } from "./Connections.ts"
import * as Modules from "./Modules.ts"
import * as Repodata from "./Repodata.ts"
import * as Rpms from "./Rpms.ts"

const run = Date.now().toString(36)
let serial = 0
const fresh = (): string => `traps/${run}-${++serial}`

const Labels = Schema.Struct({ name: Schema.String, pulp_labels: Schema.Record(Schema.String, Schema.String) })

/** Registers the suite; packages are built when it is called. A test is left out for the reason that `unless` gives. */
export const register = (name: string, where: Where, unless: (test: string) => string | undefined): void => {
  const [one, two, three] = Rpms.build([{ name: "trap-one" }, { name: "trap-two" }, { name: "trap-three" }])
  const [rebuilt] = Rpms.build([{ name: "trap-one", text: "rebuilt" }])
  const junk = `${one!.location}.junk.rpm`
  writeFileSync(junk, Buffer.concat([Buffer.from([0xed, 0xab, 0xee, 0xdb]), Buffer.alloc(500, run)]))

  const test = (
    name: string,
    use: (
      host: ReturnType<typeof PulpRepositoryHost.make>,
      connection: PulpConnection
    ) => Effect.Effect<unknown, unknown, Scope.Scope>
  ) => {
    const reason = unless(name)
    if (reason !== undefined) return it.skip(`${name} [skipped: ${reason}]`, () => {})
    return it.live(name, () =>
      Effect.scoped(Effect.gen(function*() {
        const connection = yield* connect(where)
        yield* use(PulpRepositoryHost.make(connection), connection)
      })), 120_000)
  }

  describe(name, () => {
    test(
      "makes repositories that lose no package of a module to retention",
      (host, { client }) =>
        Effect.gen(function*() {
          const name = fresh()
          yield* host.ensure(name)
          const made = yield* Repositories.find(client, PulpRepositoryHost.placeBelow("orch")(name).repository)
          assert.strictEqual(made?.retain_package_versions, 0)
        })
    )

    test("names a module and its packages in one change, as one version", (host) =>
      Effect.gen(function*() {
        const name = fresh()
        const { revision } = yield* host.ensure(name)
        const module = Modules.make({ artifacts: [one!.nevra, two!.nevra] })
        const changed = yield* host.change(name, { key: "1", add: [one!, two!, module], remove: [] })
        assert.strictEqual(changed.revision, revision + 1)
        assert.deepStrictEqual(yield* host.contents(name), [module, one!, two!].map(contentId).sort())
      }))

    test("uses the unit of a document that is there already", (host) =>
      Effect.gen(function*() {
        const module = Modules.make({})
        for (const name of [fresh(), fresh()]) {
          yield* host.ensure(name)
          yield* host.change(name, { key: "1", add: [module], remove: [] })
          assert.deepStrictEqual(yield* host.contents(name), [module.id])
        }
      }))

    test("replaces a module's document by another text of it, and keeps what it does not name", (host) =>
      Effect.gen(function*() {
        const name = fresh()
        yield* host.ensure(name)
        const early = Modules.make({ artifacts: [one!.nevra] })
        const late = { ...early, text: early.text.replace("A module of tests", "Another text") }
        yield* host.change(name, { key: "1", add: [one!, early], remove: [] })
        yield* host.change(name, { key: "2", add: [late], remove: [] })
        const { url } = yield* host.publish(name)
        const seen = yield* Effect.promise(() => Repodata.read(url))
        assert.deepStrictEqual(seen?.modules, [late.id])
        assert.include(seen?.moduleText ?? "", "Another text")
        assert.deepStrictEqual(seen?.packages, [one!.nevra])
      }))

    test("keeps the packages of a module that is removed without them", (host) =>
      Effect.gen(function*() {
        const name = fresh()
        yield* host.ensure(name)
        const module = Modules.make({ artifacts: [one!.nevra, two!.nevra] })
        yield* host.change(name, { key: "1", add: [one!, two!, three!, module], remove: [] })
        const change = { key: "2", add: [], remove: [module.id, two!.nevra] }
        const changed = yield* host.change(name, change)
        assert.deepStrictEqual(yield* host.contents(name), [one!.nevra, three!.nevra].sort())
        assert.deepStrictEqual(yield* host.change(name, change), changed)
      }))

    test("takes a rebuilt package in place of the old one, and two files of one package not at all", (host) =>
      Effect.gen(function*() {
        const name = fresh()
        yield* host.ensure(name)
        yield* host.change(name, { key: "1", add: [one!], remove: [] })
        const before = yield* Effect.flatMap(host.publish(name), ({ url }) => Effect.promise(() => Repodata.read(url)))
        yield* host.change(name, { key: "2", add: [rebuilt!], remove: [] })
        const after = yield* Effect.flatMap(host.publish(name), ({ url }) => Effect.promise(() => Repodata.read(url)))
        assert.deepStrictEqual(after?.packages, before?.packages)
        assert.notDeepEqual(after?.checksums, before?.checksums)
        const both = yield* Effect.flip(host.change(name, { key: "3", add: [one!, rebuilt!], remove: [] }))
        assert.strictEqual(both.reason, "rejected")
        assert.include(both.message, one!.nevra)
      }))

    test("answers a change that changes nothing with the version there is", (host) =>
      Effect.gen(function*() {
        const name = fresh()
        yield* host.ensure(name)
        const first = yield* host.change(name, { key: "1", add: [one!], remove: [] })
        assert.deepStrictEqual(yield* host.change(name, { key: "2", add: [one!], remove: [] }), first)
        yield* host.change(name, { key: "3", add: [two!], remove: [] })
        assert.deepStrictEqual(yield* host.change(name, { key: "2", add: [one!], remove: [] }), first)
      }))

    test(
      "publishes a version once, and publishes a checkpoint when asked",
      (host, { client, tasks }) =>
        Effect.gen(function*() {
          const name = fresh()
          yield* host.ensure(name)
          yield* host.change(name, { key: "1", add: [one!], remove: [] })
          yield* host.publish(name)
          yield* host.publish(name)
          const repository = yield* Repositories.find(client, PulpRepositoryHost.placeBelow("orch")(name).repository)
          const version = repository!.latest_version_href
          const count = Effect.map(
            client.list(Publications.Publication, "publications/rpm/rpm/", { repository_version: version }),
            (all) => all.length
          )
          assert.strictEqual(yield* count, 1)
          const checkpoint = yield* Publications.checkpoint(client, tasks, repository!.pulp_href)
          assert.isTrue((yield* Publications.get(client, checkpoint)).checkpoint)
          assert.strictEqual(yield* count, 2)
        })
    )

    test("says that a base path lies in another's", (host, connection) =>
      Effect.gen(function*() {
        const outer = fresh()
        const place = (name: string): PulpRepositoryHost.Place => ({
          repository: `plain/${name}`,
          distribution: `plain/${name}`,
          basePath: `plain/${name}`
        })
        const plain = PulpRepositoryHost.make(connection, { place })
        for (const name of [outer, `${outer}/inner`]) yield* plain.ensure(name)
        yield* plain.publish(outer)
        assert.strictEqual((yield* Effect.flip(plain.publish(`${outer}/inner`))).reason, "conflict")
        // Of its own accord the adapter nests nothing.
        for (const name of [outer, `${outer}/inner`]) yield* host.ensure(name)
        yield* host.publish(outer)
        yield* host.publish(`${outer}/inner`)
      }))

    test("refuses what is no package, and what Pulp cannot read", (host) =>
      Effect.gen(function*() {
        const name = fresh()
        yield* host.ensure(name)
        for (const location of [import.meta.filename, junk]) {
          const content = { ...one!, location }
          const refused = yield* Effect.flip(host.change(name, { key: location, add: [two!, content], remove: [] }))
          assert.strictEqual(refused.reason, "rejected", location)
        }
        const other = { ...one!, nevra: two!.nevra }
        const misnamed = yield* Effect.flip(host.change(name, { key: "misnamed", add: [other], remove: [] }))
        assert.strictEqual(misnamed.reason, "rejected")
        assert.include(misnamed.message, one!.nevra)
        assert.deepStrictEqual(yield* host.contents(name), [])
      }))

    test(
      "labels what it uploads with the change's key, whatever is in that",
      (host, { client }) =>
        Effect.gen(function*() {
          const name = fresh()
          const [own] = Rpms.build([{ name: `trap-label-${run}-${++serial}` }])
          yield* host.ensure(name)
          yield* host.change(name, { key: `module-build-1 (again), ${run}`, add: [own!], remove: [] })
          const found = yield* client.list(Labels, "content/rpm/packages/", {
            name__in: own!.nevra.replace(/-0:.*/, ""),
            fields: "name,pulp_labels"
          })
          assert.deepStrictEqual(found.map(({ pulp_labels }) => pulp_labels), [
            { "orch.key": `module-build-1 _again_, ${run}` }
          ])
        })
    )

    test(
      "finds packages by their names in batches, within a repository and without",
      (host, { client }) =>
        Effect.gen(function*() {
          const name = fresh()
          yield* host.ensure(name)
          yield* host.change(name, { key: "1", add: [one!, two!], remove: [] })
          const repository = yield* Repositories.find(client, PulpRepositoryHost.placeBelow("orch")(name).repository)
          const many = Array.from({ length: 100 }, (_, index) => `nothing-${index}-0:1-1.noarch`)
          const wanted = [one!.nevra, three!.nevra, ...many]
          const within = yield* PackageUnits.byNevra(client, wanted, repository!.latest_version_href)
          assert.deepStrictEqual(within.map(PackageUnits.nevra), [one!.nevra])
        })
    )

    test(
      "uploads in chunks, goes on where it stopped, and commits once",
      (_, { client, tasks, http }) =>
        Effect.gen(function*() {
          const { location } = Rpms.build([{ name: `trap-chunk-${run}-${++serial}` }])[0]!
          const file = yield* PackageFile.find(http, location)
          const sum = yield* PackageFile.sha256(file)
          const upload = yield* Uploads.begin(client, file.size)
          yield* Uploads.resume(client, upload, file)
          yield* Uploads.resume(client, upload, file)
          const artifact = yield* Uploads.commit(client, tasks, upload, sum)
          assert.strictEqual(yield* Uploads.commit(client, tasks, upload, sum), artifact)
          assert.strictEqual(yield* Uploads.artifact(client, tasks, file, sum), artifact)
          const again = yield* Uploads.begin(client, file.size)
          yield* Uploads.resume(client, again, file)
          assert.strictEqual(yield* Uploads.commit(client, tasks, again, sum), artifact)
          const wrong = yield* Effect.flip(Uploads.resume(client, again, { ...file, size: file.size + 1 }))
          assert.strictEqual(wrong.reason, "conflict")
        })
    )

    test(
      "takes the version among what a task created, wherever it stands",
      (_, { client, tasks }) =>
        Effect.gen(function*() {
          const json = { name: `traps/${run}-${++serial}`, autopublish: true }
          const { json: made } = yield* client.send({ method: "POST", path: "repositories/rpm/rpm/", json })
          const repository = yield* client.decode(Repositories.Repository, "POST", made)
          const { pulp_href } = yield* client.send({
            method: "GET",
            path: "content/rpm/packages/",
            params: { limit: "1" }
          }).pipe(
            Effect.flatMap(({ json }) =>
              client.decode(Schema.Struct({ results: Schema.Array(PackageUnits.Unit) }), "GET", json)
            ),
            Effect.map(({ results }) => results[0]!)
          )
          const correlation = CorrelationId.make("test", repository.pulp_href)
          const change = { add: [pulp_href], remove: [] }
          assert.strictEqual(yield* Repositories.modify(client, tasks, repository, correlation, change), 1)
          assert.strictEqual(yield* Repositories.modify(client, tasks, repository, correlation, change), 1)
        })
    )
  })
}
