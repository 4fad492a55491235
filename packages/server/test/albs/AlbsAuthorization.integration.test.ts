/**
 * Every endpoint of the build system's interface with every kind of caller. Endpoints and rights are read from the description, so a new one
 * is tried without being added here; one that declares no right is refused to everybody.
 */
import { assert, describe, it } from "@effect/vitest"
import type { AlbsRightName } from "@orch/api/albs/AlbsRight"
import * as AlbsFace from "@orch/server/albs/face/AlbsFace"
import * as Effect from "effect/Effect"
import * as FaceServer from "./FaceServer.ts"

/** Who asks. The owner has a build and a product; one of the team manages the team of the product; the user may build, and has neither. */
const callers = {
  nobody: undefined,
  reader: "eve",
  user: "carol",
  owner: "alice",
  team: "bob",
  node: "node1",
  signer: "signer1",
  tester: "tester1",
  admin: "root"
} as const satisfies Readonly<Record<string, FaceServer.Caller | undefined>>
type Name = keyof typeof callers

const mayPass = (right: AlbsRightName, caller: Name, openReads: boolean): boolean => {
  switch (right) {
    case "public":
      return true
    case "read":
      return openReads || caller !== "nobody"
    case "user":
      return caller !== "nobody"
    case "packager":
      return ["user", "owner", "team", "admin"].includes(caller)
    case "team":
      return ["owner", "team", "admin"].includes(caller)
    default:
      return caller === right || caller === "admin"
  }
}

/** Turned away for who one is. */
const isRefused = ({ status }: FaceServer.Reply): boolean => status === 401 || status === 403 || status === 429

describe.each([true, false])("rights of the build system's interface with reads open: %s", (openReads) => {
  it.live(
    "are the declared ones for every endpoint and caller",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* FaceServer.start({ ORCH_OPEN_READS: `${openReads}` })
        const numberOf = Effect.fnUntraced(function*(name: FaceServer.Caller) {
          yield* server.ask("GET", "/roles/", name)
          return ((yield* server.ask("GET", `/users/?name=${name}`, "root")).body as { readonly id: number }).id
        })
        const alice = yield* numberOf("alice")
        const bob = yield* numberOf("bob")
        const made = yield* server.ask("POST", "/products/", "alice", {
          name: "tools",
          owner_id: alice,
          title: "Tools"
        })
        const product = made.body as {
          readonly id: number
          readonly team: {
            readonly id: number
            readonly roles: ReadonlyArray<{ readonly id: number; readonly name: string }>
          }
        }
        yield* server.ask(
          "PATCH",
          `/users/${bob}/roles/add`,
          "root",
          product.team.roles.filter(({ name }) => /manager|signer/.test(name)).map(({ id }) => id)
        )
        const build = yield* server.submit(["chan"], { product_id: product.id })
        const task = (yield* server.get(build)).tasks[0]!.id
        const numbers: Readonly<Record<string, number>> = {
          build_id: build,
          build_task_id: task,
          product_id: product.id,
          team_id: product.team.id
        }
        const wrong: Array<string> = []
        // What takes away what is asked about comes last.
        const endpoints = AlbsFace.endpoints().toSorted((a, b) =>
          Number(a.method === "DELETE") - Number(b.method === "DELETE")
        )
        for (const { method, name, path, right } of endpoints) {
          if (right === undefined) {
            wrong.push(`${name} declares no right`)
            continue
          }
          // Releases look at whose they are by themselves, and have tests of their own.
          if (name.startsWith("albsReleases.") && right === "team") continue
          for (const [caller, as] of Object.entries(callers)) {
            const at = path.replace("/api/v1", "").replaceAll(
              /:(\w+)/g,
              (_, parameter: string) => parameter === "name" ? "tools" : `${numbers[parameter] ?? 99_999}`
            )
            // Bodies that fit nothing: what is decided is who asks. Where that depends on the body, it names what is theirs.
            const body = name === "albsSignTasks.create" ? { build_id: build, sign_key_id: 99_999 } : {}
            const reply = yield* server.ask(method, at, as, method === "GET" ? undefined : body)
            if (isRefused(reply) === mayPass(right, caller as Name, openReads)) {
              wrong.push(`${name} (${right}) as ${caller}: ${reply.status}`)
            }
          }
        }
        assert.deepStrictEqual(wrong, [])
        assert.isAtLeast(endpoints.length, 70)
      })),
    300_000
  )
})
