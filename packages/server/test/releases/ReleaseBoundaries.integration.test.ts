/**
 * A release over six repositories of a Pulp whose server dies at each of its writes, before it and after it, on the way to readers and
 * on the way back: another server ends what was begun, and readers never see a repository that is half, nor anything before the last
 * switch. `ORCH_TEST_BOUNDARIES=all` goes through every one of them; without it some are taken, always the same.
 */
import { assert, describe, it } from "@effect/vitest"
import type * as FakePulp from "@orch/adapters-pulp/testing/FakePulp"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Repodata from "../../../adapters-pulp/test/Repodata.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as DyingServer from "./DyingServer.ts"
import type { End } from "./PulpWay.ts"
import * as ReleaseServer from "./ReleaseServer.ts"

const isAll = process.env["ORCH_TEST_BOUNDARIES"] === "all"
/** Releases of each kind in the ordinary run. */
const some = 2
/** Milliseconds that Pulp is away at least; longer than a request waits for it. */
const away = Number(process.env["ORCH_TEST_PULP_AWAY"] ?? 7000)

const names = ["BaseOS", "AppStream", "Extras", "Devel", "Tools", "Plus"]
const hostName = (name: string) => `production/${name}/x86_64/os`
const nevra = (name: string) => `${name}-0:1.0-1.noarch`
const going = new Set(["planning", "waiting", "committing", "reverting"])

const skipped = skippedServer ?? (ReleaseServer.packages === undefined ? "no rpmbuild" : undefined)

interface Release {
  readonly id: number
  readonly state: string
  readonly state_reason: string
  readonly waits_for: ReadonlyArray<string>
}

/** Both sides of each write. */
const boundaries = (writes: number): ReadonlyArray<End> =>
  Array.from({ length: writes }, (_, index) => index + 1).flatMap((write) => [
    { write, side: "before" as const },
    { write, side: "after" as const }
  ])

/** The same some of them in each run, from all over. */
const chosen = (all: ReadonlyArray<End>, seed: number): ReadonlyArray<End> =>
  isAll ? all : Array.from({ length: some }, (_, index) => {
    const part = all.length / some
    return all[Math.floor(index * part + (seed * 2654435761 + index * 40503) % Math.floor(part))]!
  })

/** What readers of the six see, and what must never be seen. */
const makeReaders = () => {
  let base = ""
  let allowed: ReadonlyArray<string> = []
  let seen: ReadonlyArray<string> = []
  const problems: Array<string> = []
  const counts = { looks: 0, mixed: 0 }
  /** Files that go between two requests are asked for again, as dnf does. `undefined` where nobody answers. */
  const read = async (name: string, tries = 3): Promise<string | undefined> => {
    try {
      const found = await Repodata.read(`${base}/pulp/content/orch/${hostName(name).replaceAll("/", "~")}/`)
      return found === undefined ? "nothing" : [...found.packages, ...found.checksums].join(" ")
    } catch (error) {
      // As fetch says it.
      if (error instanceof TypeError) return undefined
      return tries > 1 ? read(name, tries - 1) : `nothing whole: ${String(error)}`
    }
  }
  const look = async () => {
    const now = (await Promise.all(names.map((name) => read(name)))).filter((one) => one !== undefined)
    if (now.length < names.length) return
    counts.looks++
    for (const one of now) if (!allowed.includes(one)) problems.push(`readers saw ${one}`)
    seen = now
    if (isMixed()) counts.mixed++
  }
  const isMixed = () => new Set(seen).size > 1
  let current = Promise.resolve()
  let next: Promise<void> | undefined
  return {
    problems,
    counts,
    isMixed,
    of: (url: string, states: ReadonlyArray<string>) => {
      base = url
      allowed = states
    },
    /** One look at a time; those who come meanwhile share the next. */
    looked: () =>
      next ??= current.then(() => {
        next = undefined
        current = look()
        return current
      }),
    wrote: (method: string, path: string) => {
      if (isMixed() && !path.includes("/distributions/")) {
        problems.push(`${method} ${path} while only some repositories were switched`)
      }
    },
    all: () => {
      assert.isFalse(isMixed(), seen.join("\n"))
      return seen[0]!
    }
  }
}

describe.skipIf(skipped !== undefined)(
  `a release over six repositories${skipped === undefined ? "" : ` (skipped: ${skipped})`}`,
  () => {
    it.live(
      "is ended whole by another server, wherever its own dies, and waits for a Pulp that is away",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const directory = TestRepository.temporary()
          yield* Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })))
          const { url: database } = yield* temporaryDatabase
          const dataDir = Path.join(directory, "data")
          const [chan, tea] = yield* Effect.scoped(Effect.gen(function*() {
            const server = yield* ReleaseServer.start({ DATABASE_URL: database, ORCH_DATA_DIR: dataDir })
            const repos = names.map((name) => ReleaseServer.repository(name, "x86_64"))
            assert.strictEqual((yield* server.ask("PUT", "/platforms/", "root", { name: "el8", repos })).status, 200)
            return [yield* server.built("chan"), yield* server.built("tea")] as const
          }))
          const readers = makeReaders()
          const { server } = yield* DyingServer.make(database, dataDir, readers)

          /** What a release has come to when nothing is under way; dead servers are replaced. */
          const settled = Effect.fnUntraced(function*(pulp: FakePulp.FakePulp, id: number) {
            for (;;) {
              const reply = yield* (yield* server(pulp)).ask("GET", `/orch/v1/releases/${id}`)
              const release = reply?.body as Release | undefined
              if (release !== undefined && !going.has(release.state)) return release
              yield* Effect.sleep("25 millis")
            }
          })
          const posted = Effect.fnUntraced(function*(pulp: FakePulp.FakePulp, path: string, body?: unknown) {
            const reply = yield* (yield* server(pulp)).ask("POST", `/orch/v1/releases${path}`, body)
            if (reply !== undefined) assert.oneOf(reply.status, [200, 201], JSON.stringify(reply.body))
            return reply?.body as Release
          })
          const planned = Effect.fnUntraced(function*(pulp: FakePulp.FakePulp, build: number, name: string) {
            const { id } = yield* posted(pulp, "", { platform: "el8", builds: [build] })
            yield* settled(pulp, id)
            const edits = [
              { place: nevra(name), repositories: names.map(hostName) },
              { exclude: `${name}-0:1.0-1.src` },
              { force: nevra(name) }
            ]
            yield* posted(pulp, `/${id}/edits`, { edits })
            const plan = yield* settled(pulp, id)
            assert.strictEqual(plan.state, "planned", plan.state_reason)
            return id
          })
          /** Commits or takes back, with a server that dies where it is told to; the writes of its first server. */
          const moved = Effect.fnUntraced(
            function*(pulp: FakePulp.FakePulp, id: number, what: "commit" | "revert", end?: End) {
              const first = yield* server(pulp)
              first.way.count(end)
              yield* posted(pulp, `/${id}/${what}`, what === "revert" ? { why: "a test" } : undefined)
              const release = yield* settled(pulp, id)
              const where = `${what} ${JSON.stringify(end)}: ${release.state_reason}`
              assert.strictEqual(release.state, what === "commit" ? "released" : "reverted", where)
              assert.strictEqual(first.isDead(), end !== undefined, where)
              yield* Effect.promise(readers.looked)
              assert.deepStrictEqual(readers.problems, [], where)
              if (isAll) console.log(where, JSON.stringify(readers.counts))
              return [...first.way.writes()]
            }
          )
          const again = Effect.fnUntraced(function*(pulp: FakePulp.FakePulp, id: number) {
            yield* posted(pulp, `/${id}/plan`)
            assert.strictEqual((yield* settled(pulp, id)).state, "planned")
          })
          /** A commit and its way back, undisturbed and then again and again with a server that dies. */
          const through = Effect.fnUntraced(function*<E, R>(
            id: number,
            pulpOf: Effect.Effect<FakePulp.FakePulp, E, R>,
            seen: { readonly before: string; readonly after: string },
            seed: number
          ) {
            const states = [seen.before, seen.after]
            let pulp = yield* pulpOf
            readers.of(pulp.url, states)
            const forward = yield* moved(pulp, id, "commit")
            assert.strictEqual(readers.all(), seen.after)
            const backward = yield* moved(pulp, id, "revert")
            assert.strictEqual(readers.all(), seen.before)
            const ends = chosen(boundaries(forward.length), seed)
            const endsBack = chosen(boundaries(backward.length), seed + 1)
            for (const [index, end] of ends.entries()) {
              pulp = yield* pulpOf
              readers.of(pulp.url, states)
              yield* again(pulp, id)
              yield* moved(pulp, id, "commit", end)
              assert.strictEqual(readers.all(), seen.after)
              yield* moved(pulp, id, "revert", endsBack[index % endsBack.length]!)
              assert.strictEqual(readers.all(), seen.before)
            }
            return { forward, backward, releases: ends.length }
          })

          // Everything is new: a Pulp of its own for each.
          const sums = (of: ReadonlyArray<string>) =>
            [
              ...of.map(nevra),
              ...of.map((name) => ReleaseServer.sha256(`${name}-1.0-1.noarch.rpm`)).sort()
            ].join(" ")
          const unused = yield* ReleaseServer.fakePulp
          readers.of(unused.url, ["nothing"])
          const one = yield* planned(unused, chan, "chan")
          const fresh = yield* through(one, ReleaseServer.fakePulp, { before: "nothing", after: sums(["chan"]) }, 1)
          assert.lengthOf(fresh.forward, 31, fresh.forward.join("\n"))

          // Something is there.
          const pulp = yield* ReleaseServer.fakePulp
          readers.of(pulp.url, ["nothing", sums(["tea"])])
          yield* moved(pulp, yield* planned(pulp, tea, "tea"), "commit")
          const two = yield* planned(pulp, chan, "chan")
          const seen = { before: sums(["tea"]), after: sums(["chan", "tea"]) }
          readers.of(pulp.url, [seen.before, seen.after])
          // From here on Pulp has the files.
          yield* moved(pulp, two, "commit")
          yield* moved(pulp, two, "revert")
          yield* again(pulp, two)
          const more = yield* through(two, Effect.succeed(pulp), seen, 3)
          assert.lengthOf(more.forward, 18, more.forward.join("\n"))
          assert.isAtLeast(readers.counts.looks, 100)

          // Pulp goes away in the middle: that is told, and nothing else comes of it.
          yield* again(pulp, two)
          const last = yield* server(pulp)
          last.way.count(undefined)
          yield* posted(pulp, `/${two}/commit`)
          while (last.way.writes().length < 8) yield* Effect.sleep("5 millis")
          const told = new Set<string>()
          const patterns = [/"degraded".*Pulp at /, /^waiting for Pulp at /]
          const isTold = (pattern: RegExp) => [...told].some((text) => pattern.test(text))
          // On a busy machine it takes longer until somebody notices.
          const noticed = Effect.sleep("50 millis").pipe(
            Effect.repeat({ until: () => patterns.every(isTold) }),
            Effect.timeoutOption("60 seconds")
          )
          const gone = Effect.runPromise(Effect.all([noticed, Effect.sleep(away)], { concurrency: "unbounded" }))
          const absence = yield* Effect.forkChild(Effect.promise(() => pulp.goAway(gone)))
          while (absence.pollUnsafe() === undefined) {
            const health = yield* last.ask("GET", "/orch/v1/health")
            told.add(JSON.stringify(health?.body))
            const { body } = (yield* last.ask("GET", `/orch/v1/releases/${two}`))!
            assert.strictEqual((body as Release).state, "committing")
            told.add((body as Release).state_reason)
            yield* Effect.sleep("100 millis")
          }
          yield* Fiber.join(absence)
          for (const pattern of patterns) assert.isTrue(isTold(pattern), [...told].join("\n"))
          const end = yield* settled(pulp, two)
          assert.deepStrictEqual([end.state, end.state_reason], ["released", "Readers see all of it"])
          yield* Effect.promise(readers.looked)
          assert.strictEqual(readers.all(), seen.after)
          assert.deepStrictEqual(readers.problems, [])
          if (isAll) console.log({ fresh, more, ...readers.counts })
        })),
      isAll ? 1_200_000 : 600_000
    )
  }
)
