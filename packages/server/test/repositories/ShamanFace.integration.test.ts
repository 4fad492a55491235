import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { databases, skippedServer } from "../support/Databases.ts"
import * as ShamanServer from "./ShamanServer.ts"

const sha = (n: number) => String(n).padStart(40, "0")

const repo = (over: Record<string, unknown> = {}) => {
  const all = {
    ref: "jewel",
    sha1: sha(1),
    flavor: "default",
    distro: "ubuntu",
    distro_version: "xenial",
    archs: ["x86_64"],
    status: "ready",
    extra: { version: "10.2.2" },
    ...over
  }
  const path = `ceph/${all.ref}/${all.sha1}/${all.distro}/${all.distro_version}/flavors/${all.flavor}/`
  return { chacra_url: `https://chacra.example/repos/${path}`, url: `https://chacra.example/r/${path}`, ...all }
}

if (skippedServer !== undefined) describe.skip(`on PostgreSQL: ${skippedServer}`, () => it("is not run", () => {}))

for (const database of databases) {
  layer(ShamanServer.layer(database.layer), { timeout: "60 seconds", excludeTestServices: true })(
    `shaman's face on ${database.name}`,
    (it) => {
      let count = 0
      const fresh = () => `p${++count}`
      const setUp = Effect.gen(function*() {
        const { ask, base } = yield* ShamanServer.Asker
        const project = fresh()
        const post = (over: Record<string, unknown> = {}) =>
          Effect.map(
            ask(`/api/repos/${project}/`, {
              body: { ...repo(over), chacra_url: `${repo(over).chacra_url}?${project}`, ...over }
            }),
            (reply) => assert.strictEqual(reply.status, 200, reply.text)
          )
        const get = (path: string) => ask(path.replaceAll("{p}", project))
        return { ask, base, project, post, get }
      })

      it.effect("renders a repository with thirteen keys, compact", () =>
        Effect.gen(function*() {
          const { get, post, project } = yield* setUp
          yield* post()
          const reply = yield* get("/api/search/?project={p}")
          assert.strictEqual(reply.headers.get("content-type"), "application/json")
          const [found] = reply.json
          assert.deepStrictEqual(Object.keys(found), [
            "url",
            "chacra_url",
            "ref",
            "sha1",
            "distro",
            "distro_version",
            "distro_codename",
            "modified",
            "status",
            "flavor",
            "project",
            "archs",
            "extra"
          ])
          assert.match(found.modified, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/)
          assert.deepStrictEqual([found.distro_version, found.distro_codename, found.project], [
            "16.04",
            "xenial",
            project
          ])
          assert.notInclude(reply.text, ": ")
        }))

      it.effect("walks the tree from project to flavor", () =>
        Effect.gen(function*() {
          const { get, post, project } = yield* setUp
          yield* post()
          yield* post({ distro_version: "trusty" })
          yield* post({ flavor: "notcmalloc" })
          assert.include((yield* get("/api/")).json.repos, project)
          assert.deepStrictEqual((yield* get("/api/repos/")).json[project], { refs: ["jewel"], sha1s: [sha(1)] })
          assert.deepStrictEqual((yield* get("/api/repos/{p}/")).json, ["jewel"])
          assert.deepStrictEqual((yield* get("/api/repos/{p}/jewel/")).json, [sha(1)])
          for (const sha1 of [sha(1), "latest"]) {
            assert.deepStrictEqual((yield* get(`/api/repos/{p}/jewel/${sha1}/`)).json, ["ubuntu"])
            assert.deepStrictEqual((yield* get(`/api/repos/{p}/jewel/${sha1}/ubuntu/`)).json, ["trusty", "xenial"])
            assert.deepStrictEqual((yield* get(`/api/repos/{p}/jewel/${sha1}/ubuntu/xenial/flavors/`)).json, [
              "default",
              "notcmalloc"
            ])
            assert.strictEqual((yield* get(`/api/repos/{p}/jewel/${sha1}/ubuntu/16.04/`)).json.length, 1)
            const flavored = (yield* get(`/api/repos/{p}/jewel/${sha1}/ubuntu/xenial/flavors/notcmalloc/`)).json
            assert.deepStrictEqual(flavored.map((each: ShamanServer.Wire) => each.flavor), ["notcmalloc"])
          }
          assert.strictEqual((yield* get("/api/repos/unknown/")).status, 404)
          assert.deepStrictEqual((yield* get("/api/repos/{p}/unknown/")).json, [])
          assert.deepStrictEqual((yield* get("/api/repos/{p}/jewel/unknown/")).json, [])
          const nothing = yield* get("/api/repos/{p}/unknown/latest/")
          assert.strictEqual(nothing.status, 404)
          assert.include(nothing.text, `no repository is ready for: ${project}/unknown`)
        }))

      it.effect("redirects to the client configuration and the files, by architecture", () =>
        Effect.gen(function*() {
          const { get, post } = yield* setUp
          yield* post({
            sha1: sha(1),
            archs: ["x86_64"],
            chacra_url: "https://c.example/repos/1/",
            url: "https://c.example/r/1"
          })
          yield* post({
            sha1: sha(2),
            archs: ["arm64"],
            chacra_url: "https://c.example/repos/2",
            url: "https://c.example/r/2/"
          })
          const location = (path: string) =>
            Effect.map(get(`/api/repos/{p}/jewel/${path}`), (reply) => [reply.status, reply.headers.get("location")])
          assert.deepStrictEqual(yield* location("latest/ubuntu/xenial/repo"), [302, "https://c.example/repos/2/repo"])
          assert.deepStrictEqual(yield* location("latest/ubuntu/16.04/repo/?arch=x86_64"), [
            302,
            "https://c.example/repos/1/repo"
          ])
          assert.deepStrictEqual(yield* location("latest/ubuntu/xenial/x86_64/"), [302, "https://c.example/r/1"])
          assert.deepStrictEqual(yield* location("latest/ubuntu/xenial/arm64/noarch/a.rpm"), [
            302,
            "https://c.example/r/2/noarch/a.rpm"
          ])
          assert.deepStrictEqual(yield* location("latest/ubuntu/xenial/arm64/noarch/"), [
            302,
            "https://c.example/r/2/noarch/"
          ])
          assert.deepStrictEqual(yield* location(`${sha(1)}/ubuntu/xenial/flavors/default/repo`), [
            302,
            "https://c.example/repos/1/repo"
          ])
          assert.strictEqual((yield* location("latest/ubuntu/xenial/repo?arch=i386"))[0], 404)
          assert.strictEqual((yield* location("latest/ubuntu/xenial/flavors/crimson/repo"))[0], 404)
        }))

      it.effect("redirects a slashless list with 302, the query kept, without taking the Host header for the address, and answers what cannot be redirected", () =>
        Effect.gen(function*() {
          const { ask, get, post, project } = yield* setUp
          yield* post()
          const slashless = (path: string) =>
            Effect.map(get(path), (reply) => [reply.status, reply.headers.get("location")])
          assert.deepStrictEqual(yield* slashless("/api/search?project={p}&ref=a%2Fb"), [
            302,
            `/api/search/?project=${project}&ref=a%2Fb`
          ])
          assert.deepStrictEqual(yield* slashless("/api/repos/{p}/jewel"), [302, `/api/repos/${project}/jewel/`])
          assert.deepStrictEqual(yield* slashless("/api/nodes"), [302, "/api/nodes/"])
          assert.deepStrictEqual(yield* slashless("/api"), [302, "/api/"])
          assert.strictEqual((yield* get("/api/repos/nowhere")).status, 404)
          const posted = yield* ask(`/api/repos/${project}`, { body: repo({ chacra_url: `https://x/${project}` }) })
          assert.deepStrictEqual([posted.status, posted.text], [200, "{}"])
        }))

      it.effect("refuses methods below a project and takes any at the top", () =>
        Effect.gen(function*() {
          const { ask, post, project } = yield* setUp
          yield* post()
          const status = (method: string, path: string) => Effect.map(ask(path, { method }), (reply) => reply.status)
          for (const method of ["PUT", "DELETE", "HEAD", "PATCH"]) {
            assert.strictEqual(yield* status(method, `/api/repos/${project}/`), 405, method)
            assert.strictEqual(yield* status(method, `/api/repos/${project}/jewel/`), 405, method)
            assert.strictEqual(yield* status(method, `/api/builds/${project}/`), 405, method)
            assert.strictEqual(yield* status(method, "/api/nodes/"), 200, method)
            assert.strictEqual(yield* status(method, `/api/search/?project=${project}`), 200, method)
          }
          assert.strictEqual(
            (yield* ask(`/api/repos/${project}/`, { method: "PUT" })).headers.get("allow"),
            "GET, POST"
          )
        }))

      it.effect("asks for credentials with a challenge, takes passwords with colons and bearer tokens", () =>
        Effect.gen(function*() {
          const { ask, project } = yield* setUp
          const body = repo({ chacra_url: `https://auth/${project}` })
          const status = (init: ShamanServer.Init) =>
            Effect.map(ask(`/api/repos/${project}/`, { body, ...init }), (reply) => reply.status)
          const refused = yield* ask(`/api/repos/${project}/`, { body, auth: false })
          assert.strictEqual(refused.status, 401)
          assert.match(refused.headers.get("www-authenticate") ?? "", /^Basic realm=/)
          assert.strictEqual(yield* status({ auth: "admin:wrong" }), 401)
          assert.strictEqual(yield* status({ auth: "admin" }), 401)
          assert.strictEqual(yield* status({ auth: false, headers: { authorization: "Basic %%%" } }), 401)
          assert.strictEqual(yield* status({ auth: false, headers: { authorization: "Bearer wrong" } }), 401)
          assert.strictEqual(yield* status({ auth: false, headers: { authorization: "Bearer a-bearer-token" } }), 200)
          assert.strictEqual((yield* ask("/api/nodes/next/", { auth: false })).status, 401)
          assert.strictEqual((yield* ask("/api/nodes/host.example/", { method: "POST", auth: false })).status, 401)
          assert.strictEqual((yield* ask(`/api/builds/${project}/`, { body: {}, auth: false })).status, 401)
        }))

      it.effect("keeps url, extra and architectures on a status-only post, and removes architectures when told", () =>
        Effect.gen(function*() {
          const { ask, get, post, project } = yield* setUp
          const chacra_url = `https://keep/${project}/`
          yield* post({ chacra_url, status: "building" })
          const update = (body: unknown) => ask(`/api/repos/${project}/`, { body })
          assert.strictEqual((yield* update({ chacra_url, status: "ready" })).status, 200)
          const [found] = (yield* get("/api/search/?project={p}")).json
          assert.deepStrictEqual([found.status, found.url !== "", found.extra, found.archs], ["ready", true, {
            version: "10.2.2"
          }, ["x86_64"]])
          yield* update({ chacra_url, status: "ready", archs: ["arm64"], extra: { version: "arm" } })
          assert.deepStrictEqual((yield* get("/api/search/?project={p}")).json[0].archs, ["x86_64", "arm64"])
          const asked = (yield* get("/api/search/?project={p}&distros=ubuntu/xenial/x86_64")).json[0]
          assert.deepStrictEqual(asked.extra, { version: "10.2.2" })
          yield* update({ chacra_url, status: "ready", archs_removed: ["arm64"] })
          assert.deepStrictEqual((yield* get("/api/search/?project={p}")).json[0].archs, ["x86_64"])
        }))

      it.effect("ignores a building that comes after ready, until a new run is requested", () =>
        Effect.gen(function*() {
          const { ask, get, post, project } = yield* setUp
          const chacra_url = `https://late/${project}/`
          yield* post({ chacra_url })
          const tell = (status: string) =>
            Effect.gen(function*() {
              assert.strictEqual((yield* ask(`/api/repos/${project}/`, { body: { chacra_url, status } })).status, 200)
              return (yield* get("/api/search/?project={p}")).json[0].status
            })
          assert.strictEqual(yield* tell("building"), "ready")
          assert.strictEqual(yield* tell("requested"), "requested")
          assert.strictEqual(yield* tell("building"), "building")
          assert.strictEqual(yield* tell("ready"), "ready")
        }))

      it.effect("names what a first post lacks and writes nothing", () =>
        Effect.gen(function*() {
          const { ask, get, project } = yield* setUp
          const refused = (body: unknown) =>
            Effect.map(ask(`/api/repos/${project}/`, { body, headers: { accept: "application/json" } }), (reply) => {
              assert.strictEqual(reply.status, 400, reply.text)
              return reply.json.description as string
            })
          assert.include(
            yield* refused({ chacra_url: "https://x/", status: "ready" }),
            "ref, sha1, flavor, distro, distro_version"
          )
          assert.include(yield* refused({}), "chacra_url: is required; status: is required")
          assert.include(yield* refused("{"), "not JSON")
          assert.include(yield* refused([]), "JSON object")
          assert.include(yield* refused(repo({ ref: "x".repeat(300) })), "ref: must not be longer than 256 bytes")
          assert.include(yield* refused(repo({ ref: "a\0b" })), "NUL")
          assert.include(yield* refused(repo({ extra: { a: "\0" } })), "extra: must not hold a NUL")
          assert.include(yield* refused(repo({ archs: "x86_64" })), "archs: must be a list")
          assert.strictEqual((yield* get("/api/repos/{p}/")).status, 404)
          assert.strictEqual((yield* ask(`/api/repos/${project}/`, { body: " ".repeat(1024 * 1024 + 1) })).status, 413)
        }))

      it.effect("records another build of an address whole, and mixes it with nothing that was said of the one before", () =>
        Effect.gen(function*() {
          const { ask, get, post, project } = yield* setUp
          const chacra_url = `https://again/${project}/`
          const found = (query: string) => Effect.map(get(`/api/search/?project={p}&${query}`), (reply) => reply.json)
          yield* post({ chacra_url, url: "https://again/1/", distro: "centos", distro_version: "9" })
          const said = {
            ref: "next",
            sha1: sha(2),
            flavor: "debug",
            distro: "rocky",
            distro_version: "10",
            archs: ["arm64"]
          }
          // `building` comes after `ready`, but of another build.
          yield* ask(`/api/repos/${project}/`, { body: { ...said, chacra_url, status: "building" } })
          const [moved] = yield* found(`sha1=${sha(2)}&ref=next&flavor=debug&distros=rocky/10/arm64`)
          assert.deepInclude(moved, { ...said, url: "", extra: {}, status: "building" })
          assert.deepStrictEqual(yield* found(`sha1=${sha(1)}`), [])
          assert.deepStrictEqual((yield* found("sha1=latest&distros=rocky/10/arm64")).length, 1)
          yield* ask(`/api/repos/${project}/`, { body: { chacra_url, status: "ready", url: "https://again/2/" } })
          assert.deepInclude((yield* found(""))[0], { ...said, url: "https://again/2/", status: "ready" })
          // One thing told is enough to make another build.
          yield* ask(`/api/repos/${project}/`, { body: { chacra_url, status: "ready", sha1: sha(3) } })
          assert.deepInclude((yield* found(""))[0], { ...said, sha1: sha(3), url: "", archs: [] })
          yield* ask(`/api/repos/${project}/`, { body: { chacra_url, status: "ready", distro_version: "9.4" } })
          assert.deepInclude((yield* found("distros=rocky/9.4"))[0], { distro_version: "9.4" })
          assert.deepStrictEqual(yield* found("distros=rocky/10"), [])
          const other = `${project}-other`
          yield* ask(`/api/repos/${other}/`, { body: { chacra_url, status: "ready", url: "https://again/3/" } })
          assert.deepStrictEqual(yield* found(""), [])
          assert.strictEqual((yield* ask(`/api/search/?project=${other}`)).json[0].sha1, sha(3))
        }))

      it.effect("shows in the first README's form only what is ready", () =>
        Effect.gen(function*() {
          const { get, post } = yield* setUp
          const place = { distro: "centos", distro_version: "9" }
          yield* post({ ...place, sha1: sha(1) })
          for (const [n, status] of ["building", "failed", "requested", "queued", "gone"].entries()) {
            yield* post({ ...place, sha1: sha(n + 2), status })
          }
          const sha1s = (query: string) =>
            Effect.map(get(`/search/{p}/jewel/${query}`), (reply) =>
              reply.json.map((each: ShamanServer.Wire) => each.sha1))
          assert.deepStrictEqual(yield* sha1s(""), [sha(1)])
          assert.deepStrictEqual(yield* sha1s("?distros=centos.9&arch=x86_64&common_sha1=True"), [sha(1)])
          assert.deepStrictEqual((yield* get("/repos/{p}/jewel/")).json, [sha(1)])
          for (const path of ["", "centos/", "centos/9/", "centos/9/x86_64/"]) {
            assert.strictEqual((yield* get(`/repos/{p}/jewel/${sha(1)}/${path}`)).json.length, 1, path)
            assert.deepStrictEqual((yield* get(`/repos/{p}/jewel/${sha(2)}/${path}`)).json, [], path)
          }
        }))

      it.effect("answers 504 with a time to ask again where something is under way, 404 where nobody builds", () =>
        Effect.gen(function*() {
          const { ask, get, post, project } = yield* setUp
          const answer = (path: string) =>
            Effect.map(
              get(`/api/repos/{p}/${path}`),
              (reply) => reply.headers.get("retry-after") === null ? reply.status : `${reply.status} later`
            )
          yield* post({ sha1: sha(1), status: "building", archs: [] })
          for (const path of ["", "ubuntu/", "ubuntu/xenial/", "ubuntu/16.04/repo", "ubuntu/xenial/x86_64/a.deb"]) {
            assert.strictEqual(yield* answer(`jewel/latest/${path}`), "504 later", path)
          }
          assert.strictEqual(yield* answer(`jewel/${sha(1)}/ubuntu/xenial/repo?arch=arm64`), "504 later")
          assert.strictEqual(yield* answer(`jewel/${sha(2)}/ubuntu/xenial/repo`), 404)
          assert.strictEqual(yield* answer("jewel/latest/ubuntu/trusty/repo"), 404)
          assert.strictEqual(yield* answer("jewel/latest/ubuntu/xenial/flavors/debug/repo"), 404)
          assert.strictEqual(yield* answer("squid/latest/ubuntu/xenial/repo"), 404)
          yield* post({ sha1: sha(1), status: "failed", archs: [] })
          assert.strictEqual(yield* answer("jewel/latest/ubuntu/xenial/repo"), 404)
          yield* post({ sha1: sha(3), status: "queued", archs: ["arm64"] })
          assert.strictEqual(yield* answer("jewel/latest/ubuntu/xenial/repo?arch=arm64"), "504 later")
          assert.strictEqual(yield* answer("jewel/latest/ubuntu/xenial/repo?arch=x86_64"), 404)
          const report = (status: string) =>
            ask(`/api/builds/${project}/`, {
              body: {
                ref: "reef",
                sha1: sha(4),
                url: "https://jenkins/1/",
                status,
                distro: "ubuntu",
                distro_version: "jammy",
                distro_arch: "x86_64"
              }
            })
          yield* report("started")
          assert.strictEqual(yield* answer("reef/latest/ubuntu/22.04/x86_64/"), "504 later")
          assert.strictEqual(yield* answer("reef/latest/ubuntu/22.04/arm64/"), 404)
          yield* report("failed")
          assert.strictEqual(yield* answer("reef/latest/ubuntu/22.04/x86_64/"), 404)
        }))

      it.effect("keeps how far each architecture is, and answers for the one asked for", () =>
        Effect.gen(function*() {
          const { ask, get, post, project } = yield* setUp
          const chacra_url = `https://archs/${project}/`
          yield* post({ chacra_url, archs: ["x86_64"] })
          const tell = (status: string, archs?: ReadonlyArray<string>) =>
            ask(`/api/repos/${project}/`, { body: { chacra_url, status, ...(archs === undefined ? {} : { archs }) } })
          const statusOf = (arch: string) =>
            Effect.map(
              get(`/api/search/?project={p}&distros=ubuntu/xenial${arch}`),
              (reply) => reply.json.map((each: ShamanServer.Wire) => each.status)
            )
          const count = (query: string) =>
            Effect.map(get(`/api/search/?project={p}&${query}`), (reply) => reply.json.length)
          const path = (arch: string) =>
            Effect.map(get(`/api/repos/{p}/jewel/latest/ubuntu/xenial/${arch}/`), (reply) => reply.status)
          yield* tell("building", ["arm64"])
          assert.deepStrictEqual(yield* statusOf("/x86_64"), ["ready"])
          assert.deepStrictEqual(yield* statusOf("/arm64"), ["building"])
          assert.deepStrictEqual(yield* statusOf(""), ["ready"])
          assert.deepStrictEqual([yield* path("x86_64"), yield* path("arm64"), yield* path("i386")], [302, 504, 404])
          assert.strictEqual(yield* count("status=ready&sha1=latest&distros=ubuntu/xenial/x86_64"), 1)
          assert.strictEqual(yield* count("status=ready&sha1=latest&distros=ubuntu/xenial/arm64"), 0)
          assert.strictEqual(
            yield* count("status=ready&sha1=latest&distros=ubuntu/xenial/x86_64,ubuntu/xenial/arm64"),
            0
          )
          assert.strictEqual(yield* count("status=building&distros=ubuntu/xenial/arm64"), 1)
          assert.deepStrictEqual((yield* get(`/repos/{p}/jewel/${sha(1)}/ubuntu/xenial/`)).json, ["x86_64"])
          const seed = (yield* get("/search/{p}/jewel/")).json
          assert.deepStrictEqual(seed.map((each: ShamanServer.Wire) => each.arch), ["x86_64"])
          assert.deepStrictEqual((yield* get("/search/{p}/jewel/?arch=arm64")).json, [])
          yield* tell("failed", ["arm64"])
          assert.deepStrictEqual([yield* path("x86_64"), yield* path("arm64")], [302, 404])
          yield* tell("building", ["x86_64"])
          assert.deepStrictEqual(yield* statusOf("/x86_64"), ["ready"])
          yield* tell("requested")
          assert.deepStrictEqual([yield* path("x86_64"), yield* path("arm64")], [504, 504])
          yield* tell("ready", ["x86_64", "arm64"])
          assert.deepStrictEqual([yield* path("x86_64"), yield* path("arm64")], [302, 302])
        }))

      it.effect("finds what was built for the major release from a minor one, not the other way", () =>
        Effect.gen(function*() {
          const { get, post } = yield* setUp
          yield* post({ sha1: sha(1), distro: "rocky", distro_version: "10" })
          yield* post({ sha1: sha(1), distro: "alma", distro_version: "9.4" })
          yield* post({ sha1: sha(1), distro: "ubuntu", distro_version: "22" })
          const count = (query: string) =>
            Effect.map(get(`/api/search/?project={p}&${query}`), (reply) => reply.json.length)
          assert.strictEqual(yield* count("distros=rocky/10.1"), 1)
          assert.strictEqual(yield* count("distros=rocky/10.1/x86_64&sha1=latest"), 1)
          assert.strictEqual(yield* count("distros=rocky/10.1,alma/9.4&sha1=latest"), 2)
          assert.strictEqual(yield* count("distros=rocky/1.0"), 0)
          assert.strictEqual(yield* count("distros=alma/9"), 0)
          assert.strictEqual(yield* count("distros=alma/9.5"), 0)
          assert.strictEqual(yield* count("distros=ubuntu/22.04"), 0)
          assert.strictEqual((yield* get("/api/repos/{p}/jewel/latest/rocky/10.1/repo")).status, 302)
          assert.strictEqual((yield* get("/search/{p}/jewel/?distros=Rocky.10.1")).json.length, 1)
        }))

      it.effect("deletes by status, also what it never knew", () =>
        Effect.gen(function*() {
          const { ask, get, post, project } = yield* setUp
          const chacra_url = `https://gone/${project}/`
          yield* post({ chacra_url })
          for (const _ of [1, 2]) {
            assert.strictEqual(
              (yield* ask(`/api/repos/${project}/`, { body: { chacra_url, status: "deleted" } })).text,
              "{}"
            )
          }
          assert.deepStrictEqual((yield* get("/api/search/?project={p}")).json, [])
          assert.deepStrictEqual((yield* get("/api/repos/{p}/")).json, [])
        }))

      it.effect("finds the newest commit that is built for every place asked, distribution compared, in the order asked", () =>
        Effect.gen(function*() {
          const { get, post } = yield* setUp
          for (const n of [1, 2, 3]) {
            yield* post({ sha1: sha(n), distro: "centos", distro_version: "9" })
            if (n < 3) yield* post({ sha1: sha(n) })
          }
          const search = (query: string) =>
            Effect.map(
              get(`/api/search/?project={p}&sha1=latest&${query}`),
              (reply) => reply.json.map((each: ShamanServer.Wire) => `${each.distro}/${each.sha1.slice(-1)}`)
            )
          assert.deepStrictEqual(yield* search("distros=ubuntu/xenial,centos/9"), ["ubuntu/2", "centos/2"])
          assert.deepStrictEqual(yield* search("distros=centos/9, ubuntu/16.04"), ["centos/2", "ubuntu/2"])
          assert.deepStrictEqual(yield* search("distros=centos/9,rocky/9"), [])
          assert.deepStrictEqual(yield* search("distros=centos/9/x86_64,centos/9"), ["centos/3", "centos/3"])
          assert.deepStrictEqual(yield* search("distros=centos/9/arm64"), [])
          assert.deepStrictEqual(yield* search("ref=jewel"), ["centos/3"])
        }))

      it.effect("refuses parameters as shaman does", () =>
        Effect.gen(function*() {
          const { get } = yield* setUp
          for (
            const query of ["common_sha1=True", "arch=x86_64", "foo=1", "distros=", "ref=a&ref=b", "distros=a/b/c/d"]
          ) {
            assert.strictEqual((yield* get(`/api/search/?${query}`)).status, 400, query)
          }
          for (
            const [query, named] of [["centos7,frufru", "centos7"], ["centos.7", "centos.7"], ["centos", "centos"], [
              "centos/9,",
              ""
            ]] as const
          ) {
            const reply = yield* get(`/api/search/?distros=${query}`)
            assert.strictEqual(reply.status, 400)
            assert.include(reply.text, `Invalid version or codename for distro: ${named}`)
            assert.strictEqual(reply.headers.get("content-type"), "text/html; charset=UTF-8")
          }
          for (const query of ["project=nope", "project={p}&ref=", "project="]) {
            assert.deepStrictEqual((yield* get(`/api/search/?${query}`)).json, [], query)
          }
        }))

      it.effect("escapes what error pages quote and serves JSON and text errors on demand", () =>
        Effect.gen(function*() {
          const { ask } = yield* setUp
          const path = "/api/search/?distros=%3Cscript%3E"
          assert.notInclude((yield* ask(path)).text, "<script>")
          const json = yield* ask(path, { headers: { accept: "application/json" } })
          assert.deepStrictEqual(json.json, {
            code: 400,
            title: "Bad Request",
            description: "Invalid version or codename for distro: <script>"
          })
          const text = yield* ask(path, { headers: { accept: "text/plain" } })
          assert.deepStrictEqual([text.status, text.headers.get("content-type")], [400, "text/plain; charset=UTF-8"])
          assert.strictEqual((yield* ask("/api/repos/%zz/")).status, 404)
          assert.strictEqual((yield* ask("/api/repos/a%00b/")).status, 400)
          assert.strictEqual((yield* ask("/api/elsewhere/")).status, 404)
        }))

      it.effect("answers 304 to a client that has the list already", () =>
        Effect.gen(function*() {
          const { ask, get, post, project } = yield* setUp
          yield* post()
          for (
            const path of [
              `/api/search/?project=${project}`,
              `/api/search/?project=${project}&ref=jewel`,
              `/api/repos/${project}/`
            ]
          ) {
            const etag = (yield* get(path)).headers.get("etag")!
            assert.strictEqual((yield* ask(path, { headers: { "if-none-match": etag } })).status, 304)
            assert.strictEqual((yield* ask(path, { headers: { "if-none-match": "\"other\"" } })).status, 200)
          }
        }))

      it.effect("streams a list of any length as one JSON array", () =>
        Effect.gen(function*() {
          const { get, post, project } = yield* setUp
          const sql = yield* SqlClient.SqlClient
          yield* post()
          yield* sql`INSERT INTO repository (identity, project, chacra_url, url, ref, sha1, flavor, distro, distro_version, distro_key,
            version_key, archs, arch_extra, extra, status)
          SELECT identity || n, project, chacra_url || n, url, ref, n::text, flavor, distro, distro_version, distro_key, version_key,
            archs, arch_extra, extra, status FROM repository, generate_series(1, 1004) AS n WHERE project = ${project}`
          const reply = yield* get("/api/search/?project={p}")
          assert.strictEqual(reply.json.length, 1_005)
          assert.isNull(reply.headers.get("etag"))
        }))

      it.effect("keeps a build that was queued as one report, and lists builds", () =>
        Effect.gen(function*() {
          const { ask, get, project } = yield* setUp
          const build = (over: Record<string, unknown>) =>
            Effect.map(
              ask(`/api/builds/${project}/`, {
                body: {
                  ref: "main",
                  sha1: sha(1),
                  url: "https://jenkins/1/",
                  status: "started",
                  distro: "ubuntu",
                  distro_version: "jammy",
                  distro_arch: "x86_64",
                  ...over
                }
              }),
              (reply) => assert.deepStrictEqual([reply.status, reply.text], [200, "{}"])
            )
          yield* build({ status: "queued", url: "https://jenkins/queue/", build_id: 7 })
          yield* build({ status: "completed" })
          yield* build({ status: "started", distro_arch: "arm64" })
          const builds = (yield* get(`/api/builds/{p}/main/${sha(1)}/`)).json
          assert.deepStrictEqual(builds.map((each: ShamanServer.Wire) => [each.status, each.distro_arch, each.url]), [
            ["started", "arm64", "https://jenkins/1/"],
            ["completed", "x86_64", "https://jenkins/1/"]
          ])
          assert.deepStrictEqual(Object.keys(builds[0]), [
            "url",
            "log_url",
            "ref",
            "sha1",
            "flavor",
            "status",
            "extra",
            "modified",
            "started",
            "completed",
            "project",
            "distro_version",
            "distro_codename",
            "distro",
            "distro_arch"
          ])
          assert.isNull(builds[0].completed)
          assert.match(builds[1].completed, /\+00:00$/)
          assert.deepStrictEqual((yield* get("/api/builds/{p}/")).json, ["main"])
          assert.deepStrictEqual((yield* get("/api/builds/{p}/main/")).json, [sha(1)])
          assert.deepStrictEqual((yield* get("/api/builds/")).json[project], ["main"])
          assert.deepStrictEqual((yield* get("/api/builds/{p}/none/x/")).json, [])
          assert.strictEqual((yield* get("/api/builds/unknown/")).status, 404)
        }))

      it.effect("serves the first README's form, names in any case", () =>
        Effect.gen(function*() {
          const { ask, get, project } = yield* setUp
          const seed = (over: Record<string, unknown>) =>
            Effect.map(
              ask(`/repos/${project}/`, {
                body: {
                  distro: "Ubuntu",
                  distro_version: "Trusty",
                  ref: "jewel",
                  sha1: sha(1),
                  url: "https://chacra.example/r/ceph/jewel/ubuntu/trusty/",
                  arch: "x86_64",
                  ...over
                }
              }),
              (reply) => assert.strictEqual(reply.status, 200, reply.text)
            )
          yield* seed({})
          yield* seed({ distro: "CentOS", distro_version: "7" })
          yield* seed({ sha1: sha(2) })
          assert.deepStrictEqual((yield* get("/repos/{p}/")).json, ["jewel"])
          assert.deepStrictEqual((yield* get("/repos/{p}/jewel/")).json, [sha(2), sha(1)])
          assert.deepStrictEqual((yield* get(`/repos/{p}/jewel/${sha(1)}/`)).json, ["centos", "ubuntu"])
          assert.deepStrictEqual((yield* get(`/repos/{p}/jewel/${sha(1)}/ubuntu/`)).json, ["trusty"])
          assert.deepStrictEqual((yield* get(`/repos/{p}/jewel/${sha(1)}/Ubuntu/14.04/`)).json, ["x86_64"])
          assert.deepStrictEqual((yield* get(`/repos/{p}/jewel/${sha(1)}/ubuntu/trusty/x86_64/`)).json, [{
            ref: "jewel",
            sha1: sha(1),
            distro: "ubuntu",
            distro_version: "trusty",
            url: "https://chacra.example/r/ceph/jewel/ubuntu/trusty/",
            arch: "x86_64"
          }])
          const search = (query: string) =>
            Effect.map(
              get(`/search/{p}/jewel/${query}`),
              (reply) => reply.json.map((each: ShamanServer.Wire) => `${each.distro}/${each.sha1.slice(-1)}`)
            )
          assert.deepStrictEqual(yield* search(""), ["ubuntu/2", "centos/1", "ubuntu/1"])
          assert.deepStrictEqual(yield* search("?distros=ubuntu, centos.7"), ["ubuntu/2", "centos/1", "ubuntu/1"])
          assert.deepStrictEqual(yield* search("?common_sha1=True&distros=centos/7,ubuntu/trusty"), [
            "centos/1",
            "ubuntu/1"
          ])
          assert.deepStrictEqual(yield* search("?common_sha1=True&distros=Ubuntu,CENTOS.7"), ["ubuntu/1", "centos/1"])
          assert.deepStrictEqual(yield* search("?common_sha1=True&distros=centos/7,fedora"), [])
          assert.deepStrictEqual(yield* search("?arch=arm64"), [])
          assert.strictEqual((yield* get(`/search/{p}/${sha(2)}/?arch=x86_64`)).json.length, 1)
          assert.strictEqual((yield* get("/search/{p}/jewel/?foo=1")).status, 400)
        }))

      it.effect("is healthy while the database answers", () =>
        Effect.gen(function*() {
          const { get } = yield* setUp
          assert.strictEqual((yield* get("/_health/")).status, 204)
        }))
    }
  )
}
