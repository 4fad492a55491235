/** Ports made of plain async functions: what is thrown and what is answered wrongly is told in words. */
import { assert, describe, it } from "@effect/vitest"
import { BuildSystem, BuildSystemError, type Promises, TaskId } from "@orch/core/ports/BuildSystem"
import * as RepositoryHost from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"

const plan = { key: "module-build-7" } as Parameters<Promises["prepare"]>[0]
const buildroot = { key: "module-build-7", id: "seven" }
const request = { key: "module-build-7/glibc/1", component: "glibc" } as Parameters<Promises["submit"]>[1]

/** A farm whose functions may answer anything, as plain JavaScript's may. */
const farm = (functions: Readonly<Record<string, (...given: ReadonlyArray<never>) => Promise<unknown>>>) =>
  BuildSystem.fromPromises({
    capabilities: { name: "mine", arches: ["x86_64"], platforms: undefined, hints: false, bulk: 100 },
    ...functions
  } as unknown as Promises)

const failure = <A>(
  functions: Parameters<typeof farm>[0],
  call: (system: BuildSystem["Service"]) => Effect.Effect<A, BuildSystemError>
) => Effect.flip(Effect.flatMap(BuildSystem, call)).pipe(Effect.provide(farm(functions)))

describe("a build system of plain functions", () => {
  it.effect("takes what it leaves undefined for left out", () =>
    Effect.gen(function*() {
      const { observe } = yield* BuildSystem
      assert.deepStrictEqual(yield* observe([TaskId.make("1")]), [{
        task: TaskId.make("1"),
        state: "open",
        artifacts: []
      }])
    }).pipe(Effect.provide(farm({
      observe: async () => [{ task: "1", state: "open", artifacts: [], nvr: undefined, reason: undefined }]
    }))))

  for (
    const [what, functions, call, words] of [
      [
        "no buildroot",
        { prepare: async () => ({ key: "module-build-7" }) },
        (one) => one.prepare(plan),
        /prepare.*id/s
      ],
      ["nothing", { prepare: async () => undefined }, (one) => one.prepare(plan), /prepare answers what it must not/],
      [
        "another request",
        { submit: async () => ({ _tag: "Accepted", key: "other", task: "1", adopted: false }) },
        (one) => one.submit(buildroot, [request]),
        /submit answers about other when it is asked for module-build-7\/glibc\/1/
      ],
      [
        "a state that there is not",
        { observe: async () => [{ task: "1", state: "done", artifacts: [] }] },
        (one) => one.observe([TaskId.make("1")]),
        /observe.*state/s
      ],
      [
        "one task too few",
        { observe: async () => [{ task: "1", state: "open", artifacts: [] }] },
        (one) => one.observe([TaskId.make("1"), TaskId.make("2")]),
        /answers about the tasks 1 when it is asked for 1, 2/
      ],
      [
        "a number for an id",
        { admit: async () => ({ buildroot: "seven", id: 3 }) },
        (one) => one.admit(buildroot, []),
        /admit.*id/s
      ]
    ] as ReadonlyArray<
      readonly [
        string,
        Parameters<typeof farm>[0],
        (one: BuildSystem["Service"]) => Effect.Effect<unknown, BuildSystemError>,
        RegExp
      ]
    >
  ) {
    it.effect(`is told that it answers ${what}, and is not asked again`, () =>
      Effect.map(failure(functions, call), (error) => {
        assert.match(error.message, words)
        assert.isFalse(error.isRetryable)
      }))
  }

  for (
    const [what, thrown, reason, words] of [
      ["any error", new Error("connect ECONNREFUSED"), "unreachable", "connect ECONNREFUSED"],
      ["a text", "the farm is closed", "unreachable", "the farm is closed"],
      ["a reason", Object.assign(new Error("ask for build"), { reason: "refused" }), "refused", "ask for build"],
      ["a reason that there is not", Object.assign(new Error("no"), { reason: "moody" }), "unreachable", "no"],
      [
        "the port's error",
        new BuildSystemError({ reason: "gone", operation: "x", message: "it is gone" }),
        "gone",
        "it is gone"
      ]
    ] as const
  ) {
    it.effect(`that throws ${what} is ${reason}`, () =>
      Effect.map(failure({ prepare: () => Promise.reject(thrown) }, (one) => one.prepare(plan)), (error) => {
        assert.deepStrictEqual([error.reason, error.message], [reason, words])
      }))
  }
})

describe("a repository host of plain functions", () => {
  const asked: Array<string> = []
  const host = (publish: unknown) =>
    RepositoryHost.RepositoryHost.fromPromises({
      ensure: async (name: string) => {
        asked.push(name)
        return { name, revision: 0 }
      },
      publish: async () => publish
    } as unknown as RepositoryHost.Promises)

  it.effect("is not asked about names that are none", () =>
    Effect.gen(function*() {
      const { ensure } = yield* RepositoryHost.RepositoryHost
      assert.strictEqual((yield* Effect.flip(ensure("../etc"))).reason, "rejected")
      yield* ensure("a/b.c")
      assert.deepStrictEqual(asked, ["a/b.c"])
    }).pipe(Effect.provide(host(undefined))))

  it.effect("may have no directory on this machine", () =>
    Effect.gen(function*() {
      const { publish } = yield* RepositoryHost.RepositoryHost
      assert.deepStrictEqual(yield* publish("a"), { name: "a", revision: 3, url: "https://x/", path: undefined })
    }).pipe(Effect.provide(host({ name: "a", revision: 3, url: "https://x/" }))))

  it.effect("is told what is missing in its answer", () =>
    Effect.gen(function*() {
      const { publish } = yield* RepositoryHost.RepositoryHost
      const { message, reason } = yield* Effect.flip(publish("a"))
      assert.strictEqual(reason, "rejected")
      assert.match(message, /publish.*url/s)
    }).pipe(Effect.provide(host({ name: "a", revision: 3 }))))
})
