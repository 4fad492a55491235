/**
 * How hubs refuse: for each of these calls, what a hub of 1.36 answered to somebody without a login, to our user (permissions
 * `tag` and `target`), and to a user with none.
 */
import { assert, describe, it } from "@effect/vitest"
import { KojiCall, KojiHub } from "@orch/adapters-koji"
import type * as HubSession from "@orch/adapters-koji/HubSession"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as farm from "./farm.ts"

type Who = "nobody" | "orch" | "guest"
type Params = Parameters<typeof KojiCall.make>[1]

const users = [
  { name: "kojira", permissions: ["repo"] },
  { name: "orch", password: "orchpw", permissions: ["tag", "target"] },
  { name: "admin", permissions: ["admin"], generators: ["orch-cg"] },
  { name: "guest", password: "guestpw" }
]

const logins: Readonly<Record<Who, HubSession.Login>> = {
  nobody: { _tag: "Anonymous" },
  orch: { _tag: "Password", user: "orch", password: Redacted.make("orchpw") },
  guest: { _tag: "Password", user: "guest", password: Redacted.make("guestpw") }
}

const refusals: ReadonlyArray<readonly [who: Who, method: string, params: Params, code: number, text: string]> = [
  ["nobody", "createTag", ["x"], 1004, "tag permission required (user not logged in)"],
  ["nobody", "packageListAdd", ["el9-build", "p"], 1004, "you must be logged in for this operation"],
  ["nobody", "cancelTask", [1], 1004, "Cannot cancel task, not owner"],
  ["nobody", "build", ["git+https://h/a#b", "t"], 1004, "you must be logged in for this operation"],
  ["nobody", "repo.request", ["el9-build"], 1004, "you must be logged in for this operation"],
  ["nobody", "newRepo", ["el9-build"], 1004, "regen-repo permission required (user not logged in)"],
  ["nobody", "listTagged", ["nosuch"], 1000, "No such tagInfo: "],
  ["nobody", "repo.checkRequest", [99_999], 1000, "No such request"],
  ["nobody", "nosuch", [], 1000, "Invalid method: nosuch"],
  ["guest", "createTag", ["x"], 1004, "tag permission required (logged in as guest)"],
  [
    "guest",
    "packageListAdd",
    ["el9-build", "p"],
    1004,
    "policy violation (package_list): Only admin/tag can do this via default policy"
  ],
  ["guest", "tagBuildBypass", ["el9-build", "seen-1-1"], 1004, "tag permission required (logged in as guest)"],
  ["guest", "createBuildTarget", ["t", "x", "y"], 1004, "target permission required (logged in as guest)"],
  ["orch", "createTag", ["a b"], 1000, "Name a b does not match RegexNameInternal value"],
  ["orch", "createTag", ["el9-build"], 1000, "A tag with the name 'el9-build' already exists"],
  ["orch", "packageListAdd", ["el9-build", "p"], 1000, "owner not specified"],
  ["orch", "groupPackageListAdd", ["el9-build", "nosuch", "p"], 1000, "No such entry in table groups: nosuch"],
  ["orch", "createBuildTarget", ["t", "nosuch", "el9-build"], 1000, "build tag 'nosuch' does not exist"],
  ["orch", "deleteBuildTarget", ["nosuch"], 1000, "No such build target: nosuch"],
  ["orch", "tagBuildBypass", ["el9-build", "nosuch-1-1"], 1000, "No such build: 'nosuch-1-1'"],
  ["orch", "untagBuild", ["el9-build", "seen-1-1"], 1003, "build seen-1-1 not in tag el9-build"],
  ["orch", "tagBuild", ["el9-build", "seen-1-1"], 1003, "Package seen not in list for el9-build"],
  ["orch", "cancelTask", [99_999], 1000, "No such task: 99999"],
  ["orch", "repo.request", ["el9-build", null, null, { x: 1 }], 1019, "Invalid repo option: x"],
  ["orch", "build", [5, "t"], 1019, "Invalid type for value '5'"],
  ["orch", "CGInitBuild", ["other-cg", {}], 1000, "No such entry in table content_generator: other-cg"],
  ["orch", "CGInitBuild", ["orch-cg", {}], 1002, "Content generator access required (orch-cg)"]
]

const hubFor = (who: Who) =>
  Effect.gen(function*() {
    const fake = yield* farm.startHub({ version: "1.36.0", users })
    fake.addBuild("seen-1-1", "git+https://git.example.org/rpms/seen#1")
    return { fake, hub: yield* KojiHub.scoped({ ...farm.hubOptions(fake), login: logins[who] }) }
  })

describe("FakeKojiHub", () => {
  it.live.each(refusals)(
    "refuses %s the call %s(%j) with fault %i: %s",
    ([who, method, params, code, text]) =>
      Effect.gen(function*() {
        const { hub } = yield* hubFor(who)
        const fault = yield* Effect.flip(hub.write(KojiCall.make(method, params)))
        assert(fault._tag === "KojiFault")
        assert.strictEqual(fault.code, code)
        assert.include(fault.text, text)
      }).pipe(Effect.scoped)
  )

  it.live("takes any source and any target for a build, and has the task fail", () =>
    Effect.gen(function*() {
      const { hub } = yield* hubFor("orch")
      const task = yield* hub.write(KojiCall.make("build", ["git+file:///srv/git/a#1", "el9"]))
      const fault = yield* hub.read(KojiCall.make("getTaskResult", [task])).pipe(
        Effect.flip,
        Effect.repeat({
          until: (error) => error._tag === "KojiFault" && error.code !== 1000,
          schedule: Schedule.spaced("5 millis")
        }),
        Effect.timeout("10 seconds")
      )
      assert.strictEqual(
        fault.message,
        "getTaskResult: BuildError (1005): Invalid source specification: git+file:///srv/git/a#1"
      )
    }).pipe(Effect.scoped))

  it.live("lets nobody put builds into a locked tag or take them out", () =>
    Effect.gen(function*() {
      const { hub } = yield* hubFor("orch")
      yield* hub.write(KojiCall.make("tagBuildBypass", ["el9-build", "seen-1-1"]))
      yield* hub.write(KojiCall.make("editTag2", ["el9-build"], { locked: true }))
      for (const method of ["tagBuildBypass", "untagBuild"]) {
        const fault = yield* Effect.flip(hub.write(KojiCall.make(method, ["el9-build", "seen-1-1"])))
        assert.strictEqual(fault.message, `${method}: ActionNotAllowed (1004): tag is locked`)
      }
    }).pipe(Effect.scoped))

  it.live("lists what is tagged only as far as the package list has it", () =>
    Effect.gen(function*() {
      const { fake, hub } = yield* hubFor("orch")
      yield* hub.write(KojiCall.make("tagBuildBypass", ["el9-build", "seen-1-1"]))
      assert.deepStrictEqual(fake.tagged("el9-build"), ["seen-1-1"])
      const listed = hub.read(KojiCall.make("listTagged", ["el9-build"]))
      assert.lengthOf((yield* listed) as ReadonlyArray<unknown>, 0)
      yield* hub.write(KojiCall.make("packageListAdd", ["el9-build", "seen"], { owner: "orch" }))
      assert.lengthOf((yield* listed) as ReadonlyArray<unknown>, 1)
    }).pipe(Effect.scoped))

  it.live("deletes with a tag what hangs on it", () =>
    Effect.gen(function*() {
      const { fake, hub } = yield* hubFor("orch")
      yield* hub.writeAll([
        KojiCall.make("createTag", ["below"], { parent: "el9-build" }),
        KojiCall.make("createBuildTarget", ["below", "below", "el9-build"]),
        KojiCall.make("deleteTag", ["below"]),
        KojiCall.make("createTag", ["below"])
      ])
      assert.deepStrictEqual(fake.targets(), [])
      const inherited = yield* hub.read(KojiCall.make("getInheritanceData", ["below"]))
      assert.lengthOf(inherited as ReadonlyArray<unknown>, 0)
    }).pipe(Effect.scoped))
})
