/**
 * What would be built for a module document, as plain data for people and programs: every build with its contexts, what
 * it is built with and why, what cannot be built and why not, and the batches of its components.
 */
import * as Result from "effect/Result"
import * as BuildOrder from "../buildorder/BuildOrder.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as AvailableModule from "./AvailableModule.ts"
import * as AvailableModules from "./AvailableModules.ts"
import * as BaseModules from "./BaseModules.ts"
import * as DependencyOverrides from "./DependencyOverrides.ts"
import * as DistTag from "./DistTag.ts"
import * as ExpandedModule from "./ExpandedModule.ts"
import type * as Dependencies from "./ModuleDependencies.ts"
import type * as ModuleVersion from "./ModuleVersion.ts"
import * as SolverConflict from "./SolverConflict.ts"
import type * as StreamDocument from "./StreamDocument.ts"
import type * as StreamExpansion from "./StreamExpansion.ts"
import * as TagPlan from "./TagPlan.ts"
import * as XmdBuildrequires from "./XmdBuildrequires.ts"

/** How the document is submitted: under which name, at which version, with which streams instead of its own. */
export interface Options extends StreamExpansion.Options, DependencyOverrides.Overrides {
  /** Where the document names none. */
  readonly name?: string | undefined
  readonly stream?: string | undefined
  /** Without the base module's prefix. */
  readonly version: ModuleVersion.Input
  /** Lines of the requirements (see `DependencyLines`), for messages; of a document without static contexts. */
  readonly lines?: Readonly<Record<string, number>> | undefined
}

/** One build, in the words of the Module Build Service's JSON where it has them. */
export interface PlannedBuild {
  readonly nsvc: string
  readonly name: string
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly static_context: boolean
  readonly build_context: string
  readonly build_context_no_bms: string
  readonly runtime_context: string
  readonly dependencies: { readonly buildrequires: object; readonly requires: object }
  readonly buildrequires: ReturnType<typeof XmdBuildrequires.toXmd>
  /** Why each module is in the buildroot: asked for, or required by others. */
  readonly reasons: Readonly<Record<string, string>>
  /** The index in it is 0: it is an id that only a server gives. */
  readonly dist_tag: string
  readonly koji_tag: string
  readonly koji_target: string
  readonly nvr: string
}

/** One component and when it is built. */
export interface PlannedComponent {
  readonly name: string
  readonly kind: "rpm" | "module"
  /** From 1. The Module Build Service counts one more, because its first batch is the macros package. */
  readonly batch: number
  /** Names of packages that must be in first, besides the earlier batches. */
  readonly after: ReadonlyArray<string>
  /** A sentence that says why it is in that batch. */
  readonly reason: string
}

/** What a document comes to, its JSON as `orch plan --json` prints it. */
export interface ResolutionPlan {
  readonly builds: ReadonlyArray<PlannedBuild>
  /** Combinations that were left out. */
  readonly left_out: ReadonlyArray<{ readonly streams: ReadonlyArray<string>; readonly reason: string }>
  readonly components: ReadonlyArray<PlannedComponent>
  /** What does not stand in the way, but is good to know: a default stream that cannot be had, streams that are there. */
  readonly remarks: ReadonlyArray<string>
  /** What stands in the way; builds may still be listed where only part is concerned. */
  readonly problems: ReadonlyArray<{ readonly message: string; readonly line?: number }>
}

/** Plans one document (see `StreamDocument.toBuild`). Never fails: what is wrong is in `problems`. */
export const make = (
  { stream: document, variants }: StreamDocument.ToBuild,
  available: AvailableModules.AvailableModules,
  options: Options
): ResolutionPlan => {
  const builds: Array<PlannedBuild> = []
  const leftOut: Array<ResolutionPlan["left_out"][number]> = []
  const remarks = new Set<string>()
  const problems: Array<ResolutionPlan["problems"][number]> = []
  for (const { dependencies, staticContext } of variants) {
    const name = options.name ?? document.name ?? "module"
    // What servers call a stream that nobody named.
    const stream = options.stream ?? document.stream ?? "master"
    const resolved = Result.map(
      DependencyOverrides.apply(dependencies, options, available.settings),
      (overridden) =>
        DependencyOverrides.mapBuildrequires(
          overridden,
          (name, streams) => BaseModules.resolveVirtualStreams(available, name, streams)
        )
    )
    const expansion = Result.flatMap(resolved, (dependencies) =>
      ExpandedModule.expand(
        {
          name,
          stream,
          version: options.version,
          dependencies,
          staticContext,
          lines: variants.length === 1 ? options.lines : undefined
        },
        available,
        options
      ))
    if (Result.isFailure(expansion)) {
      const { line, message, reason, subjects } = expansion.failure
      problems.push({ message, ...(line === undefined ? {} : { line }) })
      if (reason === "NoBuilds") {
        for (const subject of subjects) addRemark(remarks, otherStreams(available, subject))
      }
      continue
    }
    if (Result.isSuccess(resolved)) {
      for (const base of missingBases(resolved.success, available)) {
        remarks.add(`${base} is not available, so nothing is built on it`)
      }
    }
    for (const module of expansion.success.modules) {
      builds.push(describe(module, available, options))
      for (const remark of defaultsMissed(module, options)) remarks.add(remark)
    }
    for (const conflict of expansion.success.conflicts) {
      leftOut.push({ streams: conflict.streams, reason: SolverConflict.describe(conflict) })
    }
  }
  const { components, problem } = order(document)
  if (problem !== undefined) problems.push({ message: problem })
  return { builds, left_out: leftOut, components, remarks: [...remarks], problems }
}

const addRemark = (remarks: Set<string>, remark: string | undefined): void => {
  if (remark !== undefined) remarks.add(remark)
}

/** The streams there are of a module that was asked for with another one, `name:stream`. */
const otherStreams = (available: AvailableModules.AvailableModules, subject: string): string | undefined => {
  const name = subject.split(":", 1)[0]!
  const streams = AvailableModules.readyStreams(available, name)
  if (streams.includes(subject.slice(name.length + 1))) return `${subject} is there, but was built for another platform`
  return streams.length === 0 ? undefined : `there is ${streams.map((stream) => `${name}:${stream}`).join(", ")}`
}

/** Base module streams that are named and not there, as `name:stream`. */
const missingBases = (
  dependencies: ReadonlyArray<Partial<Dependencies.Dependencies>>,
  available: AvailableModules.AvailableModules
): ReadonlyArray<string> =>
  available.settings.baseModuleNames.flatMap((name) =>
    dependencies.flatMap(({ buildrequires }) => buildrequires?.[name] ?? []).filter((stream) =>
      !stream.startsWith("-") && AvailableModules.lastBuilds(available, name, stream).length === 0
    ).map((stream) => `${name}:${stream}`)
  )

/** The default stream of a module, by whoever has the say, if there is one. */
const defaultOf = (options: Options, name: string): string | undefined => {
  for (const streams of [options.defaultStreams, options.repositoryDefaults]) {
    if (streams !== undefined && Object.hasOwn(streams, name)) return streams[name]
  }
  return undefined
}

/** Default streams that were not taken because something required needs another. */
const defaultsMissed = (module: ExpandedModule.ExpandedModule, options: Options): ReadonlyArray<string> =>
  module.modules.flatMap((one) => {
    const stream = defaultOf(options, one.name)
    if (stream === undefined || stream === one.stream || Object.hasOwn(module.dependencies.buildrequires, one.name)) {
      return []
    }
    const by = requirers(one, module.modules).join(", ")
    return [
      `the default stream ${one.name}:${stream} is not taken: ${AvailableModule.nameStream(one)} is needed by ${by}`
    ]
  })

const describe = (
  module: ExpandedModule.ExpandedModule,
  available: AvailableModules.AvailableModules,
  options: Options
): PlannedBuild => {
  const { context, dependencies, name, stream, version } = module
  const asked = new Set(Object.keys(dependencies.buildrequires))
  const marking = DistTag.marking(Object.fromEntries(module.modules.map((one) => [one.name, one])), available.settings)
  return {
    nsvc: `${name}:${stream}:${version}:${context}`,
    name,
    stream,
    version: String(version),
    context,
    static_context: module.staticContext,
    build_context: module.buildContext,
    build_context_no_bms: module.buildContextNoBms,
    runtime_context: module.runtimeContext,
    dependencies,
    buildrequires: XmdBuildrequires.toXmd(module.buildrequires),
    reasons: Object.fromEntries(module.modules.map((one) => [
      one.name,
      asked.has(one.name)
        ? "buildrequired"
        : `required by ${requirers(one, module.modules).join(", ")}${
          defaultOf(options, one.name) === one.stream ? ", the default stream" : ""
        }`
    ])),
    dist_tag: DistTag.format(module, 0, marking, available.settings),
    koji_tag: TagPlan.tag(module),
    koji_target: TagPlan.target(module),
    nvr: TagPlan.cgNvr(module)
  }
}

const requirers = (
  module: AvailableModule.AvailableModule,
  all: ReadonlyArray<AvailableModule.AvailableModule>
): ReadonlyArray<string> =>
  all.filter(({ dependencies }) => dependencies.some(({ requires }) => Object.hasOwn(requires, module.name)))
    .map(AvailableModule.nameStream)

const order = (
  document: ModuleStreamV2
): { readonly components: ReadonlyArray<PlannedComponent>; readonly problem: string | undefined } => {
  const planned = BuildOrder.plan([
    ...Array.from(document.components.rpms, ([name, { buildafter, buildorder }]) => ({
      kind: "rpm" as const,
      name,
      buildafter,
      buildorder
    })),
    ...Array.from(document.components.modules, ([name, { buildorder }]) => ({
      kind: "module" as const,
      name,
      buildorder
    }))
  ])
  if (Result.isFailure(planned)) return { components: [], problem: planned.failure.message }
  return {
    problem: undefined,
    components: planned.success.placements.map((placement) => ({
      name: placement.component.name,
      kind: placement.component.kind,
      batch: placement.batch,
      after: placement.after,
      reason: BuildOrder.explain(placement)
    }))
  }
}
