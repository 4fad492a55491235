/**
 * The calls of shaman's real clients, as they send them: teuthology looking for packages to test, ceph-build and chacra reporting,
 * scripts with curl. Parameter order, missing slashes and followed redirects are theirs.
 */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { databases } from "../support/Databases.ts"
import * as ShamanServer from "./ShamanServer.ts"

const sha1 = "45107e21c568dd033c2f0a3107dec8f0b0e58374"

/** What a chacra node posts at each step: its whole repository and a status. */
const callback = (status: string, over: Record<string, unknown> = {}) => {
  const path = `ceph/main/${sha1}/ubuntu/jammy/flavors/default/`
  return {
    path: `/opt/repos/${path}`,
    project_name: "ceph",
    ref: "main",
    sha1,
    distro: "ubuntu",
    distro_version: "jammy",
    modified: "2026-11-21 22:18:19.941603",
    signed: false,
    needs_update: false,
    is_updating: false,
    is_queued: false,
    type: "deb",
    size: 0,
    flavor: "default",
    archs: ["x86_64", "source"],
    extra: {
      version: "20.3.0-1",
      package_manager_version: "20.3.0-1-g45107e21-1jammy",
      build_url: "https://jenkins/1/"
    },
    chacra_url: `https://2.chacra.example/repos/${path}`,
    url: `https://2.chacra.example/r/${path}`,
    status,
    ...over
  }
}

for (const database of databases) {
  layer(ShamanServer.layer(database.layer), { timeout: "60 seconds", excludeTestServices: true })(
    `the clients of shaman on ${database.name}`,
    (it) => {
      it.effect("chacra's callbacks, overtaking each other, end ready", () =>
        Effect.gen(function*() {
          const { ask } = yield* ShamanServer.Asker
          const tell = (status: string, modified: string) =>
            Effect.map(
              ask("/api/repos/ceph/", { body: callback(status, { modified }) }),
              (reply) => assert.deepStrictEqual([reply.status, reply.json], [200, {}])
            )
          yield* tell("requested", "2026-11-21 22:18:19.000001")
          yield* tell("queued", "2026-11-21 22:18:20.000001")
          yield* tell("ready", "2026-11-21 22:18:40.000001")
          yield* tell("building", "2026-11-21 22:18:30.000001")
          assert.strictEqual((yield* ask("/api/search/?project=ceph")).json[0].status, "ready")
        }))

      it.effect("teuthology finds a branch's packages by number, their repository file, and its completed build", () =>
        Effect.gen(function*() {
          const { ask } = yield* ShamanServer.Asker
          yield* ask("/api/repos/ceph/", { body: callback("ready", { modified: undefined }) })
          yield* ask("/api/builds/ceph/", {
            body: {
              extra: { version: "20.3.0-1", root_build_cause: "GITHUBPUSH" },
              url: "https://jenkins/1/",
              log_url: "https://jenkins/1/consoleFull",
              status: "completed",
              distro: "ubuntu",
              distro_version: "jammy",
              ref: "main",
              sha1,
              flavor: "default",
              distro_arch: "x86_64"
            }
          })
          const headers = { "content-type": "application/json" }
          const found = yield* ask(
            "/api/search?status=ready&project=ceph&flavor=default&distros=ubuntu%2F22.04%2Fx86_64&ref=main",
            { headers, follow: true }
          )
          const [first] = found.json
          assert.strictEqual(new URL("repo", first.chacra_url).href, `${callback("ready").chacra_url}repo`)
          assert.deepStrictEqual(
            [first.url, first.sha1, first.ref, first.extra.version, first.extra.package_manager_version],
            [callback("ready").url, sha1, "main", "20.3.0-1", "20.3.0-1-g45107e21-1jammy"]
          )
          const bySha1 = yield* ask(
            `/api/search?status=ready&project=ceph&flavor=default&distros=ubuntu%2F22.04%2Fx86_64&sha1=${sha1}`,
            { headers, follow: true }
          )
          assert.deepStrictEqual(bySha1.json, found.json)
          const none = yield* ask(
            "/api/search?status=ready&project=ceph&flavor=default&distros=centos%2F9%2Fnoarch&ref=main",
            { headers, follow: true }
          )
          assert.deepStrictEqual([none.status, none.json], [200, []])
          const builds = (yield* ask(`/api/builds/ceph/main/${sha1}`, { follow: true })).json
          assert.isTrue(
            builds.some((build: ShamanServer.Wire) =>
              build.distro === first.distro && build.distro_version === first.distro_version &&
              build.flavor === first.flavor &&
              build.distro_arch === "x86_64" && build.status === "completed"
            )
          )
          assert.deepStrictEqual((yield* ask("/api/builds/ceph/none/none", { follow: true })).json, [])
        }))

      it.effect("ceph-build reports a build from queue to end without naming a release, and a second store's repository", () =>
        Effect.gen(function*() {
          const { ask } = yield* ShamanServer.Asker
          for (
            const [status, url] of [["queued", "https://jenkins/queue/"], ["started", "https://jenkins/2/"], [
              "failed",
              "https://jenkins/2/"
            ]]
          ) {
            const body = { extra: {}, url, log_url: `${url}consoleFull`, status, ref: "wip", sha1, project: "ceph" }
            assert.strictEqual((yield* ask("/api/builds/ceph/", { body })).text, "{}")
          }
          const builds = (yield* ask(`/api/builds/ceph/wip/${sha1}/`)).json
          assert.deepStrictEqual(
            builds.map((
              build: ShamanServer.Wire
            ) => [build.status, build.distro, build.distro_version, build.distro_codename]),
            [["failed", null, null, null]]
          )
          const pulp = {
            ...callback("ready"),
            chacra_url: "https://pulp.example/content/ceph/main/x86_64/",
            url: "https://pulp.example/content/ceph/main/x86_64/",
            archs: ["x86_64", "source"]
          }
          assert.strictEqual((yield* ask("/api/repos/ceph/", { body: pulp })).status, 200)
          assert.isAtLeast((yield* ask(`/api/search/?project=ceph&sha1=${sha1}`)).json.length, 2)
        }))

      it.effect("scripts follow latest to the files of their architecture", () =>
        Effect.gen(function*() {
          const { ask } = yield* ShamanServer.Asker
          yield* ask("/api/repos/ceph/", { body: callback("ready", { archs: ["x86_64"], modified: undefined }) })
          const repo = yield* ask("/api/repos/ceph/main/latest/ubuntu/jammy/flavors/default/repo?arch=x86_64")
          assert.strictEqual(repo.status, 302)
          assert.match(repo.headers.get("location")!, /\/repo$/)
          const list = yield* ask("/api/repos/ceph/main/latest/ubuntu/jammy/", { follow: true })
          assert.strictEqual(list.json[0].status, "ready")
          const [newest] =
            (yield* ask("/api/search/?project=ceph&distros=ubuntu/22.04/x86_64&flavor=default&ref=main&sha1=latest"))
              .json
          assert.strictEqual(newest.sha1, sha1)
        }))
    }
  )
}
