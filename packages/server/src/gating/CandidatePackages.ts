/** What candidates of a set bring: packages that they name, or those of a finished module build. */
import type * as GateTargetsApi from "@orch/api/orch/GateTargetsApi"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import * as Nevra from "@orch/core/Nevra"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { Installable } from "@orch/core/release/Installability"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as CheckedPackages from "./CheckedPackages.ts"
import * as Statements from "./statements/PromotionStatements.ts"

/** A candidate as it is looked at: what it brings to each architecture, or why it cannot be looked at. */
export interface Looked {
  readonly id: string
  readonly subject: string
  readonly line: string | undefined
  readonly packages: ReadonlyMap<string, ReadonlyArray<Installable>>
  readonly unfit: string | undefined
}

/** A package with its name and version, as far as its NEVRA says them. */
export const installable = (
  { nevra, provides = [], requires = [] }: GateTargetsApi.CandidatePackage
): (Installable & { readonly arch: string }) | undefined => {
  const parsed = Nevra.parse(nevra)
  if (Result.isFailure(parsed)) return undefined
  const { arch, epoch, name, release, version } = parsed.success
  return {
    arch,
    nevra: `${name}-${epoch}:${version}-${release}.${arch}`,
    name,
    version: `${epoch === 0 ? "" : `${epoch}:`}${version}-${release}`,
    requires,
    provides
  }
}

/** Whether a package is for an architecture. */
export const isFor = (arch: string, own: string): boolean => own === arch || own === "noarch"

const named = (
  { id, line, packages = [], subject }: GateTargetsApi.PromotionCandidate,
  arches: ReadonlyArray<string>
): Looked => {
  const read = packages.map(installable)
  const wrong = packages[read.indexOf(undefined)]
  const all = read.flatMap((one) => one ?? [])
  return {
    id,
    subject: subject ?? id,
    line,
    packages: new Map(arches.map((arch) => [arch, all.filter((one) => isFor(arch, one.arch))])),
    unfit: wrong === undefined
      ? undefined
      : `${JSON.stringify(wrong.nevra.slice(0, 200))} is no package: name-version-release.arch is needed`
  }
}

const stripped = ({ name, nevra, provides, requires, version }: Installable): Installable => ({
  name,
  nevra,
  provides,
  requires,
  version
})

const ofModule = Effect.fnUntraced(function*(
  { id, line, subject }: GateTargetsApi.PromotionCandidate,
  build: ModuleBuild,
  arches: ReadonlyArray<string>
): Effect.fn.Return<Looked> {
  const { plan, state } = build
  const packages = new Map<string, ReadonlyArray<Installable>>()
  let unfit = state === "done" || state === "ready" ? undefined : `module build ${build.id} is in the state ${state}`
  for (const arch of arches) {
    if (unfit !== undefined || !plan.arches.includes(arch)) continue
    const found = yield* Effect.result(CheckedPackages.shipped(build, arch))
    if (Result.isFailure(found)) unfit = `its packages could not be looked into: ${found.failure.message}`
    else if (found.success === undefined) unfit = "its packages are not files of this server: name them"
    else packages.set(arch, found.success.map(stripped))
  }
  return {
    id,
    subject: subject ?? TagPlan.cgNvr({ ...plan, version: plan.version.toString(), scratch: false }),
    line: line ?? `${plan.name}:${plan.stream}`,
    packages,
    unfit
  }
})

/** What each of the candidates brings to these architectures. */
export const look = Effect.fnUntraced(function*(
  candidates: ReadonlyArray<GateTargetsApi.PromotionCandidate>,
  arches: ReadonlyArray<string>
) {
  const builds = yield* ModuleBuilds
  const modules = candidates.filter(({ packages }) => packages === undefined)
  const rows = modules.length === 0 ? [] : yield* Statements.builds(modules.map(({ id }) => id))
  const numbers = new Map(rows.map(({ id, name }) => [name, id]))
  return yield* Effect.forEach(candidates, (one) =>
    Effect.gen(function*() {
      if (one.packages !== undefined) return named(one, arches)
      const number = numbers.get(one.id)
      const build = number === undefined
        ? undefined
        : yield* Effect.catchTag(builds.get(number), "ProcessNotFound", () => Effect.undefined)
      return build === undefined
        ? {
          ...named({ ...one, packages: [] }, arches),
          unfit: "there is no such module build, and no packages are named"
        }
        : yield* ofModule(one, build.state, arches)
    }))
})
