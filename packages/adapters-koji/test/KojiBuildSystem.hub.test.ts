/**
 * The build system contract on a hub of your own; skipped where none is named.
 *
 * `ORCH_TEST_KOJI_PROFILE` is a section of the Koji configuration (`ORCH_TEST_KOJI_CONFIG`, or where the stock client looks);
 * with `ORCH_KOJI_USER` and `ORCH_KOJI_PASSWORD` the login is by password. The suite makes tags and targets named
 * `module-contract-*`, inheriting from the tag `ORCH_TEST_KOJI_TAG` (`el9-build`), and builds packages named alpha, beta,
 * gamma, delta, broken and hanging from `ORCH_TEST_KOJI_SOURCES/NAME#ORCH_TEST_KOJI_COMMIT`: broken must fail, hanging must not
 * end. Each build's release must end in the dist tag, as with `%{?dist}`. A hub reached by http also has answers lost.
 */
import { KojiBuildSystem, KojiCall, KojiConnection, KojiHub } from "@orch/adapters-koji"
import type { BuildSystemError } from "@orch/core/ports/BuildSystem"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { buildSystemContract } from "@orch/core/testing/BuildSystemContract"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { describe, it } from "vitest"
import * as farm from "./farm.ts"
import * as LossyProxy from "./lossyProxy.ts"

const {
  ORCH_KOJI_PASSWORD: password,
  ORCH_KOJI_USER: user,
  ORCH_TEST_KOJI_COMMIT: commit = "a".repeat(40),
  ORCH_TEST_KOJI_CONFIG: config,
  ORCH_TEST_KOJI_PROFILE: profileName = "",
  ORCH_TEST_KOJI_SOURCES: sources = "https://git.example.org/rpms",
  ORCH_TEST_KOJI_TAG: platformTag = "el9-build"
} = process.env

interface RealHub {
  readonly hub: KojiHub.KojiHub
  readonly proxy: LossyProxy.LossyProxy | undefined
}
class Hub extends Context.Service<Hub, RealHub>()("test/RealHub") {}

const connect = ({ options, profile }: KojiConnection.Connection): Layer.Layer<BuildSystem | Hub, BuildSystemError> =>
  Layer.effectContext(Effect.gen(function*() {
    const proxy = profile.server.startsWith("http:")
      ? yield* Effect.acquireRelease(
        Effect.promise(() => LossyProxy.start(profile.server)),
        (one) => Effect.promise(() => one.close())
      )
      : undefined
    const hub = yield* KojiHub.scoped({ ...options, server: proxy?.url ?? profile.server, retry: farm.retry })
    const system = yield* KojiBuildSystem.make(hub, {
      platformTags: { el9: platformTag },
      pollInterval: "500 millis",
      repositoryPatience: "60 seconds",
      topurl: profile.topurl ?? `${new URL(profile.server).origin}/kojifiles`
    })
    return Context.make(BuildSystem, system).pipe(Context.add(Hub, { hub, proxy }))
  }))

/** What the hub says of itself, past the adapter's own memory. */
const asked = (method: string, params: Parameters<typeof KojiCall.make>[1], named = {}) =>
  Effect.flatMap(Hub, ({ hub }) => hub.read(KojiCall.make(method, params, named)))

const begun = (key: string) =>
  Effect.map(
    asked("listTasks", [{ method: "build", decode: true }, { order: "-id", limit: 200 }]),
    (rows) =>
      (rows as ReadonlyArray<{ readonly request: ReadonlyArray<unknown> }>).filter(({ request }) =>
        (request[2] as { custom_user_metadata?: { orch?: string } } | null)?.custom_user_metadata?.orch === key
      ).length
  )

if (profileName === "") {
  describe("KojiBuildSystem on a hub of your own", () => {
    it.skip("keeps the contract [skipped: ORCH_TEST_KOJI_PROFILE names no hub]", () => {})
  })
} else {
  const connection = Result.getOrThrow(KojiConnection.fromProfile(profileName, {
    ...(config === undefined ? {} : { files: [config] }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password: Redacted.make(password) })
  }))
  buildSystemContract(`KojiBuildSystem on ${connection.profile.server}`, {
    layer: connect(connection),
    request: (wanted) => {
      const request = farm.request(wanted)
      const base = wanted.outcome === "rejected" ? sources.replace(/^[a-z+]+:/, "ftp:") : sources
      return { ...request, source: { _tag: "Git", repository: `${base}/${wanted.component}`, commit } }
    },
    begun,
    ...(connection.profile.server.startsWith("http:")
      ? {
        loseAnswer: (operation) => Effect.map(Hub, ({ proxy }) => proxy?.loseAnswerTo(farm.writeOf[operation]))
      }
      : {}),
    available: ({ id }) =>
      Effect.map(
        asked("listTagged", [`${id.split(" ")[0]}-build`], { inherit: false }),
        (rows) => (rows as ReadonlyArray<{ readonly package_name: string }>).map((row) => row.package_name)
      ),
    patience: 240_000,
    timeout: 600_000
  })
}
