/** Releases over HTTP: planned, edited, committed, seen, taken back, in the words of both generations of clients. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SigningKey from "../../../adapters-pulp/test/SigningKey.ts"
import * as FaceServer from "../albs/FaceServer.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as ReleaseServer from "./ReleaseServer.ts"

const repodata = (url: string, name: string, arch: string) =>
  Effect.promise(async () => {
    const answer = await fetch(`${url}/repositories/production/${name}/${arch}/os/repodata/repomd.xml`)
    return answer.status === 200 ? await answer.text() : undefined
  })

describe.skipIf(ReleaseServer.packages === undefined)("releases (skipped where rpmbuild is not installed)", () => {
  it.live(
    "go where packages were placed, are seen at once, and are taken back exactly",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* ReleaseServer.start()
        const build = yield* server.built("chan")
        const product = yield* server.product("OurLinux", false)
        const order = { builds: [build], build_tasks: [], platform_id: server.platform, product_id: product }

        assert.strictEqual((yield* server.ask("POST", "/releases/new/", undefined, order)).status, 403)
        assert.deepStrictEqual(yield* server.ask("POST", "/releases/new/", "bob", order), {
          status: 403,
          body: { detail: `User does not have permissions to release build ${build}` }
        })
        assert.strictEqual((yield* server.ask("POST", "/releases/new/", "alice", { builds: [] })).status, 422)
        const nowhereTo = yield* server.ask("POST", "/releases/new/", "alice", { ...order, product_id: 999 })
        assert.deepStrictEqual(nowhereTo, { status: 404, body: { detail: "Product with ID 999 does not exist" } })
        const unknown = yield* server.ask("POST", "/releases/new/", "alice", { ...order, builds: [999] })
        assert.deepStrictEqual(unknown, { status: 404, body: { detail: "Build with ID 999 does not exist" } })
        assert.strictEqual((yield* server.ask("GET", "/releases/999/", undefined)).status, 404)

        const made = yield* server.ask("POST", "/releases/new/", "alice", { release: order })
        assert.strictEqual(made.status, 200, JSON.stringify(made.body))
        const planned = made.body as ReleaseServer.Release
        assert.deepInclude(planned, { status: 1, build_ids: [build] })
        assert.strictEqual(planned.owner.username, "alice")
        assert.strictEqual(planned.created_by.username, "alice")
        // Nobody knows it, so it goes to the family for such packages.
        assert.deepStrictEqual(ReleaseServer.places(planned), [
          "chan-1.0-1.noarch.rpm > almalinux-8-devel x86_64",
          "chan-1.0-1.src.rpm > almalinux-8-devel-source src"
        ])
        assert.deepStrictEqual(planned.plan.packages.map(({ repositories }) => repositories[0]?.trustness), [0, 0])

        const wanted = {
          plan: {
            ...planned.plan,
            packages: planned.plan.packages.map((one) =>
              one.package.full_name.endsWith("noarch.rpm")
                ? { ...one, repositories: [{ name: "almalinux-8-baseos", arch: "x86_64", debug: false }] }
                : { ...one, repositories: [] }
            )
          }
        }
        assert.strictEqual(
          (yield* server.ask("PUT", `/releases/${planned.id}/`, "bob", wanted)).status,
          403
        )
        const nowhere = {
          plan: {
            ...wanted.plan,
            packages: [{ ...planned.plan.packages[0]!, repositories: [{ name: "no-such", arch: "x86_64" }] }]
          }
        }
        const strange = yield* server.ask("PUT", `/releases/${planned.id}/`, "alice", nowhere)
        assert.strictEqual(strange.status, 422)
        assert.include(JSON.stringify(strange.body), "there is no repository no-such for x86_64")
        const edited = yield* server.ask("PUT", `/releases/${planned.id}/`, "alice", wanted)
        assert.strictEqual(edited.status, 200, JSON.stringify(edited.body))
        assert.deepStrictEqual(ReleaseServer.places(edited.body as ReleaseServer.Release), [
          "chan-1.0-1.noarch.rpm > almalinux-8-baseos x86_64",
          "chan-1.0-1.src.rpm > nowhere"
        ])

        // A builder may not release, and the release stays as it was.
        assert.strictEqual((yield* server.ask("POST", `/releases/${planned.id}/commit/`, "alice")).status, 403)
        assert.strictEqual((yield* server.release(planned.id)).status, 1)
        const before = yield* repodata(server.url, "almalinux-8-baseos", "x86_64")
        assert.isUndefined(before)
        const started = yield* server.ask("POST", `/releases/${planned.id}/commit/`, "tester1")
        assert.deepStrictEqual(started, {
          status: 200,
          body: { message: "Release plan execution has been started" }
        })
        const released = yield* server.ended(planned.id)
        assert.strictEqual(released.status, 3, JSON.stringify(released.plan))
        assert.strictEqual(released.plan.last_log, "Successfully committed release")
        assert.isDefined(yield* repodata(server.url, "almalinux-8-baseos", "x86_64"))
        assert.isUndefined(yield* repodata(server.url, "almalinux-8-devel", "x86_64"))

        const shown = yield* server.until(
          server.ask("GET", `/builds/${build}/`, undefined),
          ({ body }) => (body as { readonly released: boolean }).released
        )
        assert.deepInclude(shown.body, { released: true, release_id: planned.id })
        assert.strictEqual((yield* server.ask("DELETE", `/builds/${build}/remove`, "alice")).status, 409)
        // Once more changes nothing.
        assert.strictEqual((yield* server.ask("POST", `/releases/${planned.id}/commit/`, "tester1")).status, 200)
        assert.strictEqual((yield* server.release(planned.id)).status, 3)
        assert.strictEqual((yield* server.ask("DELETE", `/releases/${planned.id}/delete`, "tester1")).status, 409)

        assert.strictEqual((yield* server.ask("POST", `/releases/${planned.id}/revert/`, "alice")).status, 403)
        assert.strictEqual((yield* server.ask("POST", `/releases/${planned.id}/revert/`, "tester1")).status, 200)
        const reverted = yield* server.until(server.release(planned.id), ({ status }) => status === 5)
        assert.strictEqual(reverted.plan.last_log, "Successfully reverted release")
        assert.isUndefined(yield* repodata(server.url, "almalinux-8-baseos", "x86_64"))
        const free = yield* server.until(
          server.ask("GET", `/builds/${build}/`, undefined),
          ({ body }) => !(body as { readonly released: boolean }).released
        )
        assert.deepInclude(free.body, { released: false, release_id: null })

        assert.strictEqual((yield* server.ask("DELETE", `/releases/${planned.id}/delete`, "alice")).status, 204)
        assert.strictEqual((yield* server.ask("GET", `/releases/${planned.id}/`, undefined)).status, 404)
      })),
    300_000
  )

  it.live(
    "of a community's product go to its own repositories, by architecture and kind",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* ReleaseServer.start()
        const build = yield* server.built("tea")
        const product = yield* server.product("tea-shop", true)
        yield* server.product("coffee-shop", true)
        const made = (yield* server.ask("POST", "/releases/new/", "alice", {
          builds: [build],
          build_tasks: [],
          platform_id: server.platform,
          product_id: product
        })).body as ReleaseServer.Release & { readonly product: unknown }
        assert.deepInclude(made.product, { id: product, name: "tea-shop", is_community: true })
        // The repositories to choose from are its own, and a plan without modules says so as it ever did.
        assert.deepStrictEqual(
          made.plan.repositories.map(({ arch, debug }) => `${arch}${debug ? " debug" : ""}`).toSorted(),
          ["src", "x86_64", "x86_64 debug"]
        )
        assert.deepStrictEqual(made.plan.modules as unknown, {})
        assert.deepStrictEqual(made.plan.packages.map((one) => one.package.task_arch).toSorted(), ["src", "x86_64"])
        assert.deepStrictEqual(ReleaseServer.places(made), [
          "tea-1.0-1.noarch.rpm > root-tea-shop-el8-x86_64-dr x86_64",
          "tea-1.0-1.src.rpm > root-tea-shop-el8-src-dr src"
        ])
        // Those of another community are none of this release's.
        const elsewhere = yield* server.ask("PUT", `/releases/${made.id}/`, "root", {
          plan: {
            ...made.plan,
            packages: made.plan.packages.map((one) => ({
              ...one,
              repositories: one.repositories.map((place) => ({ ...place, name: place.name.replace("tea", "coffee") }))
            }))
          }
        })
        assert.strictEqual(elsewhere.status, 422)
        assert.include(JSON.stringify(elsewhere.body), "there is no repository root-coffee-shop-el8-")
        assert.strictEqual((yield* server.ask("POST", `/releases/${made.id}/commit/`, "root")).status, 200)
        assert.strictEqual((yield* server.ended(made.id)).status, 3)
        const index = yield* Effect.promise(() =>
          fetch(`${server.url}/repositories/products/root-tea-shop-el8-x86_64-dr/repodata/repomd.xml`)
        )
        assert.strictEqual(index.status, 200)
        const listed = yield* server.ask("GET", `/releases/?product_id=${product}`, undefined)
        assert.deepStrictEqual((listed.body as ReadonlyArray<ReleaseServer.Release>).map(({ id }) => id), [made.id])
      })),
    300_000
  )

  it.live(
    "that were planned before another one changed the repositories do not overwrite what it brought",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* ReleaseServer.start()
        // The same package, built at another time: another file.
        const others = FaceServer.makePackages(["chan"])!
        const builds = [yield* server.built("chan"), yield* server.built("chan", others)]
        const planned: Array<number> = []
        for (const build of builds) {
          const made = yield* server.ask("POST", "/releases/new/", "root", {
            builds: [build],
            platform_id: server.platform,
            reference_platform_id: server.platform
          })
          planned.push((made.body as ReleaseServer.Release).id)
        }
        const commit = (id: number) => server.ask("POST", `/releases/${id}/commit/`, "root")
        assert.deepInclude((yield* commit(planned[0]!)).body, { message: "Successfully committed release" })
        const { message, release } = (yield* commit(planned[1]!)).body as {
          readonly message: string
          readonly release: ReleaseServer.Release
        }
        assert.match(message, /Plan it again.*holds another file of chan-0:1.0-1/)
        assert.strictEqual(release.status, 1)
        // Planned again, it says what stands in the way; and nothing was changed.
        const again = yield* server.send("POST", `/orch/v1/releases/${planned[1]}/plan`, "root")
        assert.strictEqual(again.status, 200, JSON.stringify(again.body))
        const now = yield* server.until(
          server.release(planned[1]!),
          ({ plan }) => plan !== null && plan.problems.length > 0
        )
        assert.include(now.plan.problems.join(), "holds another file of chan-0:1.0-1")
        assert.strictEqual((yield* server.release(planned[0]!)).status, 3)
      })),
    300_000
  )

  it.live(
    "go out when a key of the platform verifies every package, and not with another's",
    () =>
      Effect.scoped(Effect.gen(function*() {
        if (SigningKey.missing !== undefined) return
        const [own, other] = [SigningKey.make(), SigningKey.make()]
        const sign = (key: SigningKey.SigningKey) => {
          const directory = TestRepository.temporary()
          const files = [...ReleaseServer.packages!].filter(([name]) => name.startsWith("chan-"))
          const paths = files.map(([name, bytes]) => {
            Fs.writeFileSync(Path.join(directory, name), bytes)
            return Path.join(directory, name)
          })
          key.sign(paths)
          const signed = new Map(paths.map((path) => [Path.basename(path), Fs.readFileSync(path)]))
          Fs.rmSync(directory, { recursive: true })
          return signed
        }
        // Before there is a server, which would wait in this process meanwhile.
        const signed = [sign(own), sign(other)]
        const server = yield* ReleaseServer.start()
        const changed = yield* server.ask("PUT", "/platforms/", "root", {
          name: "el8",
          pgp_key: Fs.readFileSync(own.file, "utf8"),
          data: { release: { signatures: "required", keys: [own.fingerprint] } }
        })
        assert.strictEqual(changed.status, 200, JSON.stringify(changed.body))
        const problems: Array<ReadonlyArray<string>> = []
        for (const files of signed) {
          const build = yield* server.built("chan", files)
          const made = yield* server.ask("POST", "/releases/new/", "root", {
            builds: [build],
            platform_id: server.platform,
            reference_platform_id: server.platform
          })
          problems.push((made.body as ReleaseServer.Release).plan.problems)
        }
        assert.deepStrictEqual(problems, [[], [
          "chan-0:1.0-1.noarch is not signed with a key of the platform",
          "chan-0:1.0-1.src is not signed with a key of the platform"
        ]])
      })),
    300_000
  )

  it.live(
    "answer clients of old when they have ended, and tell why one could not be made",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* ReleaseServer.start()
        const build = yield* server.built("tea")
        const order = { builds: [build], platform_id: server.platform, reference_platform_id: server.platform }
        const made = (yield* server.ask("POST", "/releases/new/", "root", order)).body as ReleaseServer.Release
        const done = yield* server.ask("POST", `/releases/${made.id}/commit/`, "root")
        assert.strictEqual(done.status, 200)
        const { message, release } = done.body as { readonly message: string; readonly release: ReleaseServer.Release }
        assert.strictEqual(message, "Successfully committed release")
        assert.deepInclude(release, { id: made.id, status: 3 })

        // What is there already goes nowhere, so there is nothing to release.
        const again = (yield* server.ask("POST", "/releases/new/", "root", order)).body as ReleaseServer.Release
        const refused = yield* server.ask("POST", `/releases/${again.id}/commit/`, "root")
        assert.deepInclude(refused.body, { message: "Cannot commit release: there is nothing to release" })
        assert.strictEqual((yield* server.release(again.id)).status, 4)

        const page = yield* server.ask("GET", "/releases/?pageNumber=1&status=3", undefined)
        const { releases, ...rest } = page.body as { readonly releases: ReadonlyArray<ReleaseServer.Release> }
        assert.deepStrictEqual(releases.map(({ id }) => id), [made.id])
        assert.deepStrictEqual<unknown>(rest, { total_releases: 1, current_page: 1 })
        for (
          const [query, ids] of [
            ["", [again.id, made.id]],
            ["?package_name=tea", [made.id]],
            ["?package_name=coffee", []],
            [`?platform_id=${server.platform}`, [again.id, made.id]],
            ["?platform_id=99", []],
            ["?product_id=7", []]
          ] as const
        ) {
          const listed = (yield* server.ask("GET", `/releases/${query}`, undefined)).body as ReadonlyArray<
            ReleaseServer.Release
          >
          assert.deepStrictEqual(listed.map(({ id }) => id), [...ids], query)
        }
      })),
    300_000
  )

  it.live(
    "are refused while packages are not signed with a key of the platform, unless people force them",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* ReleaseServer.start()
        const build = yield* server.built("chan")
        const key = yield* server.ask("POST", "/sign-keys/new/", "root", {
          name: "releases",
          description: "",
          keyid: "0123456789ABCDEF",
          fingerprint: "0123456789ABCDEF01230123456789ABCDEF0123".slice(0, 24) + "0123456789ABCDEF",
          public_url: "none",
          platform_ids: [server.platform]
        })
        assert.strictEqual(key.status, 201, JSON.stringify(key.body))
        const typed = (method: string, path: string, as: "alice" | "tester1", body?: unknown) =>
          server.send(method, `/orch/v1/releases${path}`, as, body === undefined ? undefined : JSON.stringify(body))
        const made = yield* typed("POST", "", "alice", { platform: "el8", builds: [build] })
        assert.strictEqual(made.status, 201, JSON.stringify(made.body))
        const { id } = made.body as { readonly id: number }
        const planned = () =>
          server.until(
            Effect.map(typed("GET", `/${id}`, "alice"), ({ body }) =>
              body as {
                readonly state: string
                readonly blocks: number
                readonly problems: ReadonlyArray<{ readonly kind: string; readonly severity: string }>
              }),
            ({ state }) => state !== "planning"
          )
        const first = yield* planned()
        assert.deepStrictEqual(first.problems.map(({ kind, severity }) => `${kind} ${severity}`), [
          "Unsigned blocks",
          "Unsigned blocks"
        ])
        const refused = yield* typed("POST", `/${id}/commit`, "tester1")
        assert.strictEqual(refused.status, 409, JSON.stringify(refused.body))
        const explained = yield* typed("GET", `/${id}/explain`, "alice")
        assert.include(JSON.stringify(explained.body), "is not signed with a key of the platform")
        assert.strictEqual((yield* typed("POST", `/${id}/edits`, "alice", { edits: [{ what: "?" }] })).status, 400)
        const forced = yield* typed("POST", `/${id}/edits`, "alice", {
          edits: ["chan-0:1.0-1.noarch", "chan-0:1.0-1.src"].map((force) => ({ force, why: "a test" }))
        })
        assert.strictEqual(forced.status, 200, JSON.stringify(forced.body))
        assert.strictEqual((yield* planned()).blocks, 0)
        const plan = (yield* typed("GET", `/${id}/plan`, "alice")).body as {
          readonly packages: ReadonlyArray<{ readonly nevra: string }>
        }
        assert.deepStrictEqual(plan.packages.map(({ nevra }) => nevra), ["chan-0:1.0-1.noarch", "chan-0:1.0-1.src"])
        assert.strictEqual((yield* typed("POST", `/${id}/commit`, "tester1")).status, 200)
        assert.strictEqual((yield* server.ended(id)).status, 3)
      })),
    300_000
  )
})
