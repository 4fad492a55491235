/** How two module builds differ: what went into them, what came out, and how long it took. */
import * as Result from "effect/Result"
import type { BuiltComponent } from "../farm/Task.ts"
import * as Nevra from "../Nevra.ts"
import * as InputDiff from "../resolution/InputDiff.ts"
import { took } from "./BuildForecast.ts"
import type { ComponentState } from "./ComponentBuild.ts"
import { type ModuleBuild, results } from "./ModuleBuild.ts"

/** One package that is not the same in both builds; null where there is none of that name and architecture. */
export interface ArtifactDifference {
  readonly name: string
  readonly arch: string
  /** `version-release`, with an epoch that is not 0 before it. */
  readonly from: string | null
  readonly to: string | null
}

/** One component of both builds. */
export interface ComponentComparison {
  readonly component: string
  readonly from: ComponentSide | undefined
  readonly to: ComponentSide | undefined
}

/** A component in one of the builds. */
export interface ComponentSide {
  readonly state: ComponentState
  readonly nvr: string | undefined
  /** Seconds on the farm; `undefined` where it was not built there, or is not done. */
  readonly seconds: number | undefined
}

/** How two builds differ. */
export interface BuildComparison {
  readonly inputs: ReadonlyArray<InputDiff.Difference>
  readonly artifacts: ReadonlyArray<ArtifactDifference>
  /** Those that are not the same, or whose build took much longer or shorter, in the order of names. */
  readonly components: ReadonlyArray<ComponentComparison>
}

/** What went into a build. */
export const inputsOf = ({ components, plan }: ModuleBuild): InputDiff.BuildInputs => ({
  version: plan.version.toString(),
  context: plan.context,
  arches: plan.arches,
  macros: plan.macros,
  buildrequires: Object.fromEntries(
    Object.entries(plan.buildrequires).map((
      [name, { context, stream, version }]
    ) => [name, `${stream}:${version}:${context}`])
  ),
  requires: plan.dependencies.requires,
  components: Object.fromEntries(
    plan.components.map(({ batch, name, repository }) => [
      name,
      { batch, repository, commit: components.get(name)?.commit ?? null }
    ])
  )
})

/** Compares two builds. */
export const compare = (from: ModuleBuild, to: ModuleBuild): BuildComparison => ({
  inputs: InputDiff.compare(inputsOf(from), inputsOf(to)),
  artifacts: artifacts(from, to),
  components: components(from, to)
})

const packagesOf = (build: ModuleBuild): ReadonlyMap<string, Nevra.Nevra> =>
  new Map(
    results(build).flatMap(({ artifacts }: BuiltComponent) =>
      artifacts.flatMap(({ nevra }) => {
        const read = Nevra.parse(nevra)
        return Result.isSuccess(read) ? [[`${read.success.name} ${read.success.arch}`, read.success] as const] : []
      })
    )
  )

/** Without what every build has of its own: the mark of the module and its build behind the release. */
const plain = (nevra: Nevra.Nevra | undefined): string | null =>
  nevra === undefined
    ? null
    : `${nevra.epoch === 0 ? "" : `${nevra.epoch}:`}${nevra.version}-${nevra.release.replace(/\.?module[+_].*$/, "")}`

const artifacts = (from: ModuleBuild, to: ModuleBuild): ReadonlyArray<ArtifactDifference> => {
  const before = packagesOf(from)
  const after = packagesOf(to)
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => {
    const [name = "", arch = ""] = key.split(" ")
    const one = plain(before.get(key))
    const two = plain(after.get(key))
    return one === two ? [] : [{ name, arch, from: one, to: two }]
  })
}

const sideOf = (build: ModuleBuild, name: string): ComponentSide | undefined => {
  const component = build.components.get(name)
  return component === undefined
    ? undefined
    : { state: component.state, nvr: component.nvr, seconds: took(component) }
}

/** A build that took so many times as long, and some seconds more, is worth a word. */
const much = 1.5
const some = 10

const isUnlike = (one: number | undefined, two: number | undefined): boolean =>
  one !== undefined && two !== undefined && Math.abs(one - two) >= some
  && Math.max(one, two) >= much * Math.max(1, Math.min(one, two))

const components = (from: ModuleBuild, to: ModuleBuild): ReadonlyArray<ComponentComparison> =>
  [...new Set([...from.components.keys(), ...to.components.keys()])].sort().flatMap((component) => {
    const one = sideOf(from, component)
    const two = sideOf(to, component)
    const isSame = one?.state === two?.state && bare(one?.nvr) === bare(two?.nvr)
      && !isUnlike(one?.seconds, two?.seconds)
    return isSame ? [] : [{ component, from: one, to: two }]
  })

const bare = (nvr: string | undefined): string | undefined => nvr?.replace(/\.?module[+_].*$/, "")
