/** A fake hub and the build system on it, for tests. */
import { KojiBuildSystem, KojiHub, type KojiSettings } from "@orch/adapters-koji"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import type {
  Buildroot,
  BuildrootPlan,
  BuildSystem,
  BuildSystemError,
  ComponentRequest,
  Interface,
  RepositoryRequest
} from "@orch/core/ports/BuildSystem"
import type { Operation, Wanted } from "@orch/core/testing/BuildSystemContract"
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export class FakeHub extends Context.Service<FakeHub, FakeKojiHub.FakeKojiHub>()("test/FakeHub") {}

/** The module build that tests are about. */
export const plan: BuildrootPlan = {
  key: "module-build-7",
  name: "five",
  stream: "1.0",
  version: 20261121000000n,
  context: "c0ffee42",
  platform: "el9",
  arches: ["x86_64"],
  distTag: "module_el9+7+1a2b3c4d",
  macros: "",
  packages: ["alpha"],
  modules: [],
  groups: { build: ["bash"] },
  blocked: [],
  scratch: false
}

/** Retries fast enough that a fault costs milliseconds, in the proportions of the standard policy. */
export const retry = { base: "10 millis", cap: "80 millis", patience: "20 seconds" } as const

export const settings: Partial<KojiSettings.KojiSettings> = {
  platformTags: { el9: "el9-build" },
  pollInterval: "10 millis",
  pollBudget: "20 millis",
  topurl: "https://koji.example.org/kojifiles"
}

export const hubOptions = (hub: FakeKojiHub.FakeKojiHub): KojiHub.Options => ({
  name: "fake",
  server: hub.url,
  login: { _tag: "Password", user: "orch", password: Redacted.make("orchpw") },
  timeoutMillis: 2000,
  retry,
  breaker: { threshold: 50, pause: "100 millis" }
})

/** Components are named for what becomes of them. */
export const outcome = (component: string): FakeKojiHub.Outcome =>
  component === "broken" ? "fail" : component === "hanging" ? "hang" : "complete"

export const startHub = (options: FakeKojiHub.Options = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const hub = await FakeKojiHub.start({ outcome, stepMillis: 2, repositoryMillis: 2, ...options })
      hub.addTag("el9-build")
      return hub
    }),
    (hub) => Effect.promise(() => hub.close())
  )

/** Until a repository is decided about. */
export const decided = (system: Interface, asked: RepositoryRequest) =>
  system.observeRepositories([asked]).pipe(
    Effect.map(([state]) => state!),
    Effect.delay("3 millis"),
    Effect.repeat({ until: ({ _tag }) => _tag !== "Pending" }),
    Effect.timeout("20 seconds")
  )

/** Prepares as the engine does: step by step, each when what the one before awaits has come. */
export const prepared = (
  system: Interface,
  plan: BuildrootPlan
): Effect.Effect<Buildroot, BuildSystemError | Cause.TimeoutError> =>
  Effect.gen(function*() {
    const buildroot = yield* system.prepare(plan)
    if (buildroot.awaits === undefined) return buildroot
    const state = yield* decided(system, { buildroot: buildroot.id, id: buildroot.awaits })
    if (state._tag === "Failed") return yield* Effect.die(state.reason)
    return yield* prepared(system, plan)
  })

export const layer = (
  options: FakeKojiHub.Options = {},
  more: Partial<KojiSettings.KojiSettings> = {}
): Layer.Layer<BuildSystem | FakeHub, BuildSystemError> =>
  Layer.unwrap(Effect.map(startHub(options), (hub) =>
    Layer.merge(
      KojiBuildSystem.layer({ ...hubOptions(hub), settings: { ...settings, ...more } }),
      Layer.succeed(FakeHub, hub)
    )))

export const request = ({ component, key, outcome }: Wanted): ComponentRequest => ({
  key,
  component,
  source: {
    _tag: "Git",
    repository: `${outcome === "rejected" ? "ftp" : "https"}://git.example.org/rpms/${component}`,
    commit: "a".repeat(40)
  },
  arches: ["x86_64"],
  priority: 1,
  buildOnly: false
})

/** The write by which an operation makes itself known. */
export const writeOf: Readonly<Record<Operation, string>> = {
  prepare: "createTag",
  submit: "build",
  cancel: "cancelTask",
  admit: "tagBuildBypass",
  finish: "deleteBuildTarget"
}

/** The tasks that carry this key. */
export const begun = (hub: FakeKojiHub.FakeKojiHub, key: string): number =>
  hub.tasks().filter((task) => {
    const opts = task.request[2] as { custom_user_metadata?: { orch?: string } } | undefined
    return task.method === "build" && opts?.custom_user_metadata?.orch === key
  }).length
