/**
 * Checks every finished module, once for each architecture; what is found are results of tests as others report them.
 *
 * A check that cannot be made has the outcome INFO, which stands in nobody's way, and says what was missing.
 */
import * as Following from "@orch/core/engine/Following"
import { isBase } from "@orch/core/farm/Buildroot"
import * as ModuleChecks from "@orch/core/gating/ModuleChecks"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Nevra from "@orch/core/Nevra"
import type { Announcement } from "@orch/core/ports/Announcer"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { Outbox } from "@orch/core/ports/Outbox"
import * as Installability from "@orch/core/release/Installability"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Steps from "@orch/core/Steps"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { clean } from "../database/StorableText.ts"
import * as UpstreamRepodata from "../releases/UpstreamRepodata.ts"
import * as Turns from "../Turns.ts"
import * as CheckedPackages from "./CheckedPackages.ts"
import * as DecisionStatements from "./statements/DecisionStatements.ts"
import { TestResults } from "./TestResults.ts"

export interface Options {
  /** Repositories by platform stream, separated by blanks, with `{arch}`. */
  readonly repositories: Readonly<Record<string, string>>
  readonly subjectType: string
}

const decode = Schema.decodeUnknownOption(
  Schema.Struct({ id: Schema.Number, state: Schema.String, scratch: Schema.Boolean })
)

/** News that are older (milliseconds) are of builds from before there were checks. */
const oldest = 86_400_000

const outcomes = { passed: "PASSED", failed: "FAILED", unknown: "INFO" } as const

type Installable = Installability.Installable

const listed = ({ nevra, ...rest }: { readonly nevra: string } & Pick<Installable, "requires" | "provides">) => {
  const parsed = Nevra.parse(nevra)
  if (Result.isFailure(parsed)) return []
  const { epoch, name, release, version } = parsed.success
  return [{ ...rest, nevra, name, version: `${epoch === 0 ? "" : `${epoch}:`}${version}-${release}` }]
}

/** Hears announcements, and checks the builds that are done. Fails where the database is away, so that it hears the same again. */
const make = Effect.fnUntraced(function*({ repositories, subjectType }: Options) {
  const builds = yield* ModuleBuilds
  const results = yield* TestResults
  const sql = yield* SqlClient.SqlClient

  const buildOf = (id: number) =>
    Effect.map(
      Effect.catchTag(builds.get(id), "ProcessNotFound", () => Effect.undefined),
      (found) => found?.state
    )

  /** What the platform offers. A repository that does not answer leaves it unknown. */
  const platformOf = Effect.fnUntraced(function*(stream: string, arch: string, files: ReadonlySet<string>) {
    const urls = (repositories[stream] ?? "").split(/\s+/).filter((url) => url !== "")
      .map((url) => url.replaceAll("{arch}", arch))
    if (urls.length === 0) return undefined
    const packages: Array<Installable> = []
    const owners = new Map<string, ReadonlyArray<string>>()
    for (const url of urls) {
      const offered = yield* UpstreamRepodata.packages(url, "operator")
      yield* Turns.taken(Steps.each(offered, (one) => void packages.push(...listed(one))))
      for (const [path, names] of yield* UpstreamRepodata.owners(url, "operator", files)) {
        owners.set(path, [...owners.get(path) ?? [], ...names])
      }
    }
    return { packages, owners }
  })

  /** The packages of modules that it needs at run time, of the newest builds that are ready. */
  const requiredOf = Effect.fnUntraced(function*({ plan }: ModuleBuild, arch: string) {
    const found: Array<Installable> = []
    const bases = new Set(plan.modules.filter(isBase).map(({ name }) => name))
    for (const [name, streams] of Object.entries(plan.dependencies.requires)) {
      if (name === "platform" || bases.has(name)) continue
      const id = yield* Effect.provideService(
        DecisionStatements.newestReady(name, streams),
        SqlClient.SqlClient,
        sql
      )
      const build = id === undefined ? undefined : yield* buildOf(id)
      const packages = build === undefined ? undefined : yield* CheckedPackages.shipped(build, arch)
      if (packages === undefined) return undefined
      found.push(...packages)
    }
    return found
  })

  const missing = (what: string) => (error: { readonly message: string }) =>
    Effect.as(Effect.logWarning(what).pipe(Effect.annotateLogs({ reason: error.message })), undefined)

  const check = Effect.fnUntraced(function*(build: ModuleBuild) {
    const [document] = Modulemd.read(build.plan.modulemd).documents
    if (document?._tag !== "ModuleStreamV2") return
    const item = TagPlan.cgNvr({ ...build.plan, version: build.plan.version.toString(), scratch: false })
    for (const arch of build.plan.arches) {
      const isHere = build.plan.ownedBy === undefined
      const packages = isHere
        ? yield* Effect.catchTag(
          CheckedPackages.shipped(build, arch),
          "RpmToolError",
          missing("Packages could not be looked into")
        )
        : undefined
      const files = new Set((packages ?? []).flatMap((one) => [...one.files.keys()]))
      const platform = yield* Effect.catchTag(
        platformOf(build.plan.platform, arch, files),
        "UpstreamUnreadable",
        missing("A platform's repository could not be read")
      )
      const required = yield* Effect.catchTag(
        requiredOf(build, arch),
        "RpmToolError",
        missing("Packages could not be looked into")
      )
      const steps = ModuleChecks.steps({
        document,
        built: isHere ? CheckedPackages.built(build, arch) : undefined,
        packages,
        required,
        platform
      })
      const all = yield* Turns.taken(steps)
      yield* Effect.forEach(
        all,
        ({ name, note, outcome }) =>
          results.postOnce(`module-build/${build.id}/${arch}/${name}`, {
            testcase: { name, refUrl: undefined },
            outcome: outcomes[outcome],
            submitTime: undefined,
            note: clean(note.slice(0, 2000)),
            refUrl: undefined,
            errorReason: undefined,
            groups: [],
            data: { item: [item], type: [subjectType], system_architecture: [arch] }
          }),
        { discard: true }
      )
    }
  })

  return Effect.fnUntraced(function*({ at, body, topic }: Announcement) {
    const told = topic === "module-build.state" ? decode(body) : undefined
    if (told?._tag !== "Some" || told.value.state !== "done" || told.value.scratch) return
    if (at < (yield* Clock.currentTimeMillis) - oldest) return
    const build = yield* buildOf(told.value.id)
    if (build === undefined || (build.state !== "done" && build.state !== "ready")) return
    yield* check(build).pipe(
      Effect.annotateLogs({ moduleBuild: build.id }),
      asUnavailable("ModuleCheckRuns.check"),
      Effect.catchCause((cause) =>
        Cause.hasFails(cause) ? Effect.failCause(cause) : Effect.logError("A module could not be checked", cause)
      )
    )
  })
})

/** Follows module builds for as long as the layer lives; several servers share the work. */
export const layer = (
  options: Options
): Layer.Layer<never, never, ModuleBuilds | Outbox | SqlClient.SqlClient | TestResults> =>
  Layer.effectDiscard(Effect.flatMap(make(options), (hear) => Following.listen("module-checks", hear)))
