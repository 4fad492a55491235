import { assert, layer } from "@effect/vitest"
import * as Distro from "@orch/core/repository/Distro"
import * as Retention from "@orch/core/repository/RecordRetention"
import * as RepositoryRecord from "@orch/core/repository/RepositoryRecord"
import * as RepositorySearch from "@orch/core/repository/RepositorySearch"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as World from "../../../core/test/repository/World.ts"
import * as Search from "../../src/repositories/statements/RepositorySearchStatements.ts"
import * as Records from "../../src/repositories/statements/RepositoryStatements.ts"
import * as Tree from "../../src/repositories/statements/RepositoryTreeStatements.ts"
import * as Upkeep from "../../src/repositories/statements/RepositoryUpkeepStatements.ts"
import { databases } from "../support/Databases.ts"

const releases = Distro.standard

/** Sends a post through both the statements and the model; both must say the same became of it. */
const send = Effect.fnUntraced(function*(
  model: Map<string, RepositoryRecord.RepositoryRecord>,
  post: RepositoryRecord.RepositoryPost,
  revision: number
) {
  const outcome = RepositoryRecord.apply(releases, model.get(post.identity), post, {
    id: model.get(post.identity)?.id ?? revision,
    now: 0n,
    revision: BigInt(revision)
  })
  if (post.status === "deleted") yield* Records.remove(post.project, post.identity)
  else {
    const recorded = yield* Records.buildOf(post.identity)
    const whole = recorded === undefined ? post : RepositoryRecord.complete(recorded, post)
    const written = RepositoryRecord.missing(whole).length === 0 ? yield* Records.upsert(releases, whole) : undefined
    assert.strictEqual(
      written === undefined ? "Incomplete" : written._tag,
      outcome._tag,
      JSON.stringify(post.status)
    )
  }
  if (outcome._tag === "Deleted") model.delete(post.identity)
  if (outcome._tag === "Created" || outcome._tag === "Updated") model.set(post.identity, outcome.record)
})

const comparable = (found: ReadonlyArray<RepositorySearch.Found>) =>
  found.map(({ arch, record }) => ({ arch, ...record, id: 0, modified: 0n, revision: 0n }))

for (const database of databases) {
  layer(database.layer, { timeout: "60 seconds", excludeTestServices: true })(
    `the repository statements on ${database.name}`,
    (it) => {
      it.effect("agree with the model over posts and searches of many small worlds", () =>
        Effect.gen(function*() {
          for (let world = 1; world <= 8; world++) {
            const sql = yield* SqlClient.SqlClient
            yield* sql`DELETE FROM repository`
            const model = new Map<string, RepositoryRecord.RepositoryRecord>()
            for (let n = 0; n < 40; n++) yield* send(model, World.post(world * 1000 + n, "p"), n + 1)
            const refs = [...new Set([...model.values()].map(({ ref }) => ref))].toSorted()
            assert.deepStrictEqual(yield* Tree.refs("p"), refs, `refs of world ${world}`)
            assert.deepStrictEqual((yield* Tree.overview()).find(({ name }) => name === "p")?.refs, refs)
            for (let n = 0; n < 60; n++) {
              const query = World.query(world * 1000 + n, "p")
              const expected = RepositorySearch.search(releases, [...model.values()], query)
              const found = yield* Search.search(releases, query)
              assert.deepStrictEqual(
                comparable(found),
                comparable(expected),
                `world ${world}, query ${JSON.stringify(query)}`
              )
            }
          }
        }), 240_000)

      it.effect("find an old common commit behind hundreds that the status leaves out, and none where there is none", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`DELETE FROM repository`
          const place = (distro: string, sha1: string, status: string): RepositoryRecord.RepositoryPost => ({
            identity: `https://deep/${distro}/${sha1}/`,
            project: "deep",
            chacraUrl: `https://deep/${distro}/${sha1}/`,
            ref: "main",
            sha1,
            flavor: "default",
            distro,
            distroVersion: "9",
            status,
            archs: ["x86_64"]
          })
          for (const distro of ["centos", "rocky"]) yield* Records.upsert(releases, place(distro, "old", "ready"))
          yield* Effect.forEach(Array.from({ length: 80 }, (_, n) => n), (n) =>
            Effect.andThen(
              Records.upsert(releases, place("centos", `new${n}`, "ready")),
              Records.upsert(releases, place("rocky", `new${n}`, n === 0 ? "ready" : "failed"))
            ))
          yield* Records.upsert(releases, place("rocky", "new0", "failed"))
          const query = (status: string): RepositorySearch.Query => ({
            project: "deep",
            status,
            commonSha1: true,
            distros: ["centos", "rocky"].map((distro) => ({ distro, version: "9", arch: null, exact: true }))
          })
          const found = yield* Search.search(releases, query("ready"))
          assert.deepStrictEqual(found.map(({ record }) => record.identity), [
            "https://deep/centos/old/",
            "https://deep/rocky/old/"
          ])
          assert.deepStrictEqual(yield* Search.search(releases, query("failed")), [])
        }))

      it.effect("see every place of a commit when its posts come at once", () =>
        Effect.gen(function*() {
          const distros = ["a", "b", "c", "d"]
          for (let round = 0; round < 10; round++) {
            yield* Effect.forEach(distros, (distro) =>
              Records.upsert(releases, {
                identity: `https://race/${round}/${distro}/`,
                project: "race",
                chacraUrl: `https://race/${round}/${distro}/`,
                ref: `r${round}`,
                sha1: `s${round}`,
                flavor: "default",
                distro,
                distroVersion: "1",
                status: "ready"
              }), { concurrency: "unbounded" })
            const found = yield* Search.search(releases, {
              project: "race",
              ref: `r${round}`,
              commonSha1: true,
              distros: distros.map((distro) => ({ distro, version: "1", arch: null, exact: true }))
            })
            assert.strictEqual(found.length, 4)
          }
        }))

      it.effect("know the refs that there are, also where the last record of one goes while another one comes", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const post = (name: string, ref: string): RepositoryRecord.RepositoryPost => ({
            identity: `https://refs/${name}/`,
            project: "refs",
            chacraUrl: `https://refs/${name}/`,
            ref,
            sha1: name,
            flavor: "default",
            distro: "centos",
            distroVersion: "9",
            status: "ready"
          })
          yield* Records.upsert(releases, post("moved", "before"))
          yield* Records.upsert(releases, post("moved", "behind"))
          assert.deepStrictEqual(yield* Tree.refs("refs"), ["behind"])
          for (let round = 0; round < 20; round++) {
            yield* Records.upsert(releases, post(`old${round}`, `r${round}`))
            const slowly = (change: Effect.Effect<unknown, unknown, SqlClient.SqlClient>) =>
              sql.withTransaction(Effect.andThen(change, Effect.sleep(round % 3)))
            yield* Effect.all([
              slowly(Records.remove("refs", `https://refs/old${round}/`)),
              slowly(Records.upsert(releases, post(`new${round}`, `r${round}`)))
            ], { concurrency: "unbounded" })
          }
          const all = Array.from({ length: 20 }, (_, round) => `r${round}`)
          assert.deepStrictEqual(yield* Tree.refs("refs"), ["behind", ...all].toSorted())
          for (const [round] of all.entries()) yield* Records.remove("refs", `https://refs/new${round}/`)
          assert.deepStrictEqual(yield* Tree.refs("refs"), ["behind"])
          assert.isUndefined(yield* Tree.refs("nowhere"))
        }))

      it.effect("expire what the model expires", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`DELETE FROM repository`
          const model = new Map<string, RepositoryRecord.RepositoryRecord>()
          for (let n = 0; n < 60; n++) {
            const post = World.post(n, "p")
            if (RepositoryRecord.missing(post).length === 0) yield* send(model, { ...post, status: "ready" }, n + 1)
          }
          yield* sql`UPDATE repository SET modified = clock_timestamp() - id % 7 * interval '1 day' - interval '1 hour',
          release = CASE WHEN id % 5 = 0 THEN 'v1' END`
          const rows = yield* sql<{ id: bigint; place: string; us: bigint; promoted: boolean; revision: bigint }>`
          SELECT id, concat_ws('/', project, ref, flavor, distro_key, version_key) AS place, revision,
            (extract(epoch from modified) * 1000000)::bigint AS us, release IS NOT NULL AS promoted FROM repository`
          const newestByRevision = rows.toSorted((a, b) => Number(b.revision - a.revision))
          const perPlace = new Map<string, number>()
          const expected = new Set<number>()
          const now = BigInt(Date.now()) * 1000n
          for (const row of newestByRevision.filter((each) => !each.promoted)) {
            const place = (perPlace.get(row.place) ?? 0) + 1
            perPlace.set(row.place, place)
            const alone = { id: Number(row.id), place: row.place, modified: row.us, promoted: false }
            if (place > 1 && Retention.expired({ keepDays: 3, keepPerRef: 0 }, [alone], now).length > 0) {
              expected.add(alone.id)
            }
          }
          const removed = yield* Upkeep.expire({ keepDays: 3, keepPerRef: 1 }, 1_000)
          assert.deepStrictEqual(new Set(removed.map((record) => record.id)), expected)
        }))

      it.effect("call a repository gone after two absences, and ready again when it is back", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`DELETE FROM repository`
          const model = new Map<string, RepositoryRecord.RepositoryRecord>()
          const post = World.post(7, "p")
          yield* send(model, {
            ...post,
            status: "ready",
            ref: "r",
            sha1: "s",
            flavor: "f",
            distro: "d",
            distroVersion: "1"
          }, 1)
          const [claimed] = yield* Upkeep.claimUnchecked(60_000, 10)
          assert.deepStrictEqual(yield* Upkeep.claimUnchecked(60_000, 10), [])
          assert.isUndefined(yield* Upkeep.noteAbsence(claimed!.id, true))
          assert.strictEqual((yield* Upkeep.noteAbsence(claimed!.id, true))?.status, "gone")
          assert.strictEqual((yield* Upkeep.noteAbsence(claimed!.id, false))?.status, "ready")
        }))
    }
  )
}
