/** Products, teams and roles over HTTP: what they hold, who may change them, and what becomes of a build's packages. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FaceServer from "./FaceServer.ts"

const packages = FaceServer.makePackages(["chan"])

interface Product {
  readonly id: number
  readonly builds: ReadonlyArray<{ readonly id: number }>
  readonly repositories: ReadonlyArray<{ readonly name: string; readonly arch: string; readonly url: string }>
  readonly team: { readonly id: number; readonly roles: ReadonlyArray<{ readonly id: number; readonly name: string }> }
}

/** The number of a person, who is known once they have called. */
const numberOf = Effect.fnUntraced(function*(server: FaceServer.FaceServer, name: FaceServer.Caller) {
  yield* server.ask("GET", "/roles/", name)
  const { body } = yield* server.ask("GET", `/users/?name=${name}`, "root")
  return (body as { readonly id: number }).id
})

describe("products", () => {
  it.live(
    "belong to somebody and a team, whose roles say who may build for them and change what is built",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* FaceServer.start()
        const alice = yield* numberOf(server, "alice")
        const bob = yield* numberOf(server, "bob")
        const asked = {
          name: "tools",
          owner_id: alice,
          title: "Tools",
          platforms: [{ name: "el8" }],
          is_community: true
        }
        assert.strictEqual((yield* server.ask("POST", "/products/", undefined, asked)).status, 403)
        assert.strictEqual((yield* server.ask("POST", "/products/", "bob", asked)).status, 403)
        const missing = yield* server.ask("POST", "/products/", "alice", { name: "z" })
        assert.deepStrictEqual(
          [missing.status, (missing.body as { detail: ReadonlyArray<{ loc: unknown }> }).detail.map(({ loc }) => loc)],
          [422, [["body", "owner_id"], ["body", "title"]]]
        )
        const nowhere = yield* server.ask("POST", "/products/", "alice", { ...asked, platforms: [{ name: "el99" }] })
        assert.strictEqual(nowhere.status, 404)
        const made = yield* server.ask("POST", "/products/", "alice", asked)
        assert.strictEqual(made.status, 200, JSON.stringify(made.body))
        const product = made.body as Product
        assert.deepStrictEqual(
          product.repositories.map(({ name }) => name),
          ["alice-tools-el8-x86_64-dr", "alice-tools-el8-x86_64-debug-dr", "alice-tools-el8-src-dr"]
        )
        assert.strictEqual((yield* server.ask("POST", "/products/", "alice", asked)).status, 409)
        assert.strictEqual((yield* server.ask("GET", "/products/999/", undefined)).status, 404)
        for (const path of ["/products/", "/products/?pageNumber=1&search_string=ool"]) {
          assert.strictEqual((yield* server.ask("GET", path, undefined)).status, 200)
        }

        const build = (as: FaceServer.Caller, product_id: number) =>
          server.ask("POST", "/builds/", as, {
            platforms: [{ name: "el8", arch_list: ["x86_64"] }],
            tasks: [{ url: "https://git.example.org/rpms/chan.git", git_ref: "c8" }],
            product_id
          })
        assert.strictEqual((yield* build("alice", 999)).status, 404)
        assert.strictEqual((yield* build("bob", product.id)).status, 403)
        assert.strictEqual((yield* build("bob", 1)).status, 200, "the first product is for all who may build")
        const { body } = yield* build("alice", product.id)
        const { id } = body as FaceServer.Build
        assert.strictEqual((yield* server.ask("PATCH", `/builds/${id}/cancel`, "bob")).status, 403)

        const team = `/teams/${product.team.id}`
        const members = { members_to_update: [{ id: bob, username: "bob" }] }
        assert.strictEqual((yield* server.ask("POST", `${team}/members/add/`, "bob", members)).status, 403)
        assert.strictEqual((yield* server.ask("POST", `${team}/members/add/`, "alice", members)).status, 200)
        assert.strictEqual((yield* build("bob", product.id)).status, 200)
        assert.strictEqual((yield* server.ask("DELETE", `/builds/${id}/remove`, "bob")).status, 403)
        assert.strictEqual((yield* server.ask("PATCH", `/builds/${id}/cancel`, "bob")).status, 200)
        const manager = product.team.roles.find(({ name }) => name === "tools_team_manager")!
        const add = `/users/${bob}/roles/add`
        assert.strictEqual((yield* server.ask("PATCH", add, "alice", [manager.id])).status, 403)
        assert.strictEqual((yield* server.ask("PATCH", add, "root", [99_999])).status, 404)
        assert.strictEqual((yield* server.ask("PATCH", add, "root", [manager.id])).status, 200)
        assert.strictEqual((yield* server.ask("DELETE", `/builds/${id}/remove`, "bob")).status, 204)
        assert.strictEqual((yield* server.ask("POST", `${team}/members/remove/`, "alice", members)).status, 200)
        assert.strictEqual((yield* build("bob", product.id)).status, 403)
        assert.deepStrictEqual((yield* server.ask("GET", `/users/${bob}/roles`, "bob")).body, [])
        assert.strictEqual((yield* server.ask("DELETE", `${team}/remove/`, "root")).status, 409)
        assert.strictEqual(
          (yield* server.ask("PUT", `/users/${bob}`, "root", { id: bob, is_active: false })).status,
          200
        )
        assert.strictEqual((yield* build("bob", 1)).status, 403)
        assert.strictEqual((yield* server.ask("DELETE", `/products/${product.id}/remove/`, "alice")).status, 204)
        assert.strictEqual((yield* server.ask("GET", `/products/${product.id}/`, undefined)).status, 404)
      })),
    300_000
  )

  it.live("ask signers for a key of their own, once, and take it once", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* FaceServer.start()
      const alice = yield* numberOf(server, "alice")
      const made = yield* server.ask("POST", "/products/", "alice", { name: "tools", owner_id: alice, title: "T" })
      const { id } = made.body as Product
      const take = server.ask("POST", "/sign-tasks/community/get_gen_sign_key_task/", "signer1", {})
      assert.deepStrictEqual(yield* take, { status: 200, body: {} })
      const ask = server.ask("POST", `/products/${id}/gen-sign-key/`, "alice")
      assert.strictEqual((yield* ask).status, 200)
      assert.strictEqual((yield* ask).status, 409)
      const given = yield* take
      const { id: number, ...request } = given.body as { readonly id: number }
      assert.deepStrictEqual(request, { product_name: "tools", user_name: "alice", user_email: "" } as unknown)
      assert.deepStrictEqual((yield* take).body, {})
      const complete = `/sign-tasks/community/${number}/complete/`
      const key = {
        success: true,
        sign_key_href: "https://keys.example.org/k",
        key_name: "tools",
        key_id: "6D7E8F9001122334",
        fingerprint: "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334",
        file_name: "RPM-GPG-KEY-tools"
      }
      assert.strictEqual((yield* server.ask("POST", complete, "alice", key)).status, 403)
      assert.strictEqual((yield* server.ask("POST", complete, "signer1", { success: true })).status, 422)
      const other = "/sign-tasks/community/99/complete/"
      assert.strictEqual((yield* server.ask("POST", other, "signer1", key)).status, 404)
      for (const _ of [1, 2]) {
        const done = yield* server.ask("POST", complete, "signer1", key)
        assert.strictEqual(done.status, 200, JSON.stringify(done.body))
        assert.deepInclude(done.body as object, { keyid: key.key_id, product_id: id })
      }
      assert.strictEqual((yield* ask).status, 200)
      const { body: again } = yield* take
      const failed = yield* server.ask(
        "POST",
        `/sign-tasks/community/${(again as { readonly id: number }).id}/complete/`,
        "signer1",
        { success: false, error_message: "no entropy" }
      )
      assert.deepStrictEqual(failed, { status: 400, body: { detail: "The key was not made: no entropy" } })
    })), 300_000)
})

const skipped = packages === undefined ? " [skipped: there is no rpmbuild]" : ""

describe.skipIf(packages === undefined)(`a build of a product${skipped}`, () => {
  it.live(
    "brings its packages to the product's repositories, and takes along only what no other build brought",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* FaceServer.start()
        const distribution = { name: "almaX", platforms: ["el8"] }
        assert.strictEqual((yield* server.ask("POST", "/distro/", "alice", distribution)).status, 403)
        assert.strictEqual((yield* server.ask("POST", "/distro/", "root", { distribution })).status, 200)
        assert.strictEqual((yield* server.ask("POST", "/distro/", "root", distribution)).status, 409)
        const { body } = yield* server.ask("GET", "/products/?search_string=almaX", "root")
        const { id, repositories } = (body as ReadonlyArray<Product>)[0]!
        const repository = repositories.find(({ arch, name }) => arch === "x86_64" && !name.includes("debug"))!
        assert.strictEqual(repository.name, "almaX-el8-x86_64-dr")
        const shown = Effect.promise(async () => {
          const index = await (await fetch(`${repository.url}repodata/repomd.xml`)).text()
          const primary = /href="(repodata\/[^"]*primary\.xml[^"]*)"/.exec(index)?.[1]
          const packed = await (await fetch(`${repository.url}${primary}`)).arrayBuffer()
          const { gunzipSync, zstdDecompressSync } = await import("node:zlib")
          const bytes = Buffer.from(packed)
          const text = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes[0] === 0x28 ? zstdDecompressSync(bytes) : bytes
          return [...text.toString().matchAll(/<name>([^<]*)</g)].map(([, name]) => name)
        })
        const builds: Array<number> = []
        for (const _ of [1, 2]) {
          const build = yield* server.submit(["chan"])
          for (const file of ["chan-1.0-1.src.rpm", "chan-1.0-1.noarch.rpm"]) {
            const task = yield* server.take("node1")
            yield* server.done("node1", task!, [yield* server.upload("node1", file, packages!.get(file)!)])
          }
          yield* server.finished(build)
          builds.push(build)
        }
        const [first = 0, second = 0] = builds
        const add = (build: number) => server.ask("POST", `/distro/add/${build}/almaX/`, "root")
        const remove = (build: number) => server.ask("POST", `/distro/remove/${build}/almaX/`, "root")
        assert.strictEqual((yield* remove(first)).status, 400)
        assert.strictEqual((yield* add(999)).status, 404)
        assert.strictEqual((yield* server.ask("POST", `/distro/add/${first}/nope/`, "root")).status, 404)
        assert.deepInclude((yield* add(first)).body as object, { success: true })
        assert.deepStrictEqual(yield* shown, ["chan"])
        assert.strictEqual((yield* add(first)).status, 400)
        assert.strictEqual((yield* server.ask("POST", `/products/add/${second}/almaX/`, "root")).status, 200)
        const product = yield* server.ask("GET", `/products/${id}/`, undefined)
        assert.deepStrictEqual((product.body as Product).builds, [{ id: second }, { id: first }])
        assert.deepInclude((yield* server.get(first)) as object, { products: [{ id, name: "almaX" }] })
        assert.strictEqual((yield* server.ask("DELETE", `/builds/${first}/remove`, "alice")).status, 409)
        assert.strictEqual((yield* remove(first)).status, 200)
        assert.deepStrictEqual(yield* shown, ["chan"], "the second build brought it as well")
        assert.strictEqual((yield* remove(second)).status, 200)
        assert.deepStrictEqual(yield* shown, [])
        // What left can come again.
        assert.strictEqual((yield* add(first)).status, 200)
        assert.deepStrictEqual(yield* shown, ["chan"])
      })),
    300_000
  )
})

describe("what cannot be meant", () => {
  it.live(
    "is answered with words, never with 500 or as if the database were away",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* FaceServer.start()
        const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`
        const key = { name: "k", description: "d", public_url: "https://keys.example.org/k" }
        const keys = ["A1B2C3D4E5F60718293A4B5C6D7E8F9001122334", "B1B2C3D4E5F60718293A4B5C6D7E8F9001122335"]
        for (const fingerprint of keys) {
          const made = yield* server.ask("POST", "/sign-keys/new/", "root", {
            ...key,
            fingerprint,
            keyid: fingerprint.slice(24)
          })
          assert.strictEqual(made.status, 201)
        }
        const build = (more: object) => ({
          platforms: [{ name: "el8", arch_list: ["x86_64"] }],
          tasks: [{ url: "https://git.example.org/rpms/chan.git", git_ref: "c8" }],
          ...more
        })
        const cases: ReadonlyArray<readonly [status: number, method: string, path: string, body?: unknown]> = [
          [422, "POST", "/builds/", build({ linked_builds: [1.5] })],
          [422, "POST", "/builds/", build({ product_id: 1e300 })],
          [404, "POST", "/builds/", build({ platform_flavors: [9] })],
          [404, "POST", "/builds/", build({ linked_builds: [9_007_199_254_740_991] })],
          [200, "GET", "/builds/?pageNumber=999999999999999"],
          [200, "GET", "/builds/?pageNumber=1&project=%5C&ref=%25"],
          [404, "GET", "/tests/1/99999999999999"],
          [404, "GET", "/users/?name=%F0%9F%92%A9"],
          [404, "PUT", "/platforms/", { name: "\u0000" }],
          [404, "PATCH", "/platforms/1/add-repositories", [7]],
          [422, "PATCH", "/platforms/1/add-repositories", [1.5]],
          [409, "PUT", "/sign-keys/1/", { keyid: keys[1]!.slice(24) }],
          [200, "PUT", "/sign-keys/1/", { name: "a\u0000b" }],
          [422, "POST", "/platforms/", { name: "x" }]
        ]
        const wrong: Array<string> = []
        for (const [status, method, path, body] of cases) {
          const reply = yield* server.ask(method, path, "root", body)
          if (reply.status !== status) wrong.push(`${method} ${path} ${JSON.stringify(body)}: ${JSON.stringify(reply)}`)
        }
        const nested = yield* server.send("POST", "/api/v1/builds/", "root", `{"mock_options": ${deep}}`)
        assert.strictEqual(nested.status, 422)
        assert.deepStrictEqual(wrong, [])
      })),
    300_000
  )
})
