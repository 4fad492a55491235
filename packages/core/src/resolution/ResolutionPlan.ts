/**
 * What would be built for a module document, as plain data for people and programs: every build with its contexts, what
 * it is built with and why, what cannot be built and why not, and the batches of its components.
 */
import * as Result from "effect/Result"
import * as BuildOrder from "../buildorder/BuildOrder.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as AvailableModule from "./AvailableModule.ts"
import type * as AvailableModules from "./AvailableModules.ts"
import * as BaseModules from "./BaseModules.ts"
import * as DependencyOverrides from "./DependencyOverrides.ts"
import * as DistTag from "./DistTag.ts"
import * as ExpandedModule from "./ExpandedModule.ts"
import * as MbsBatches from "./MbsBatches.ts"
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
  /** As the Module Build Service counts: 1 is the macros', so the first is 2. */
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
  const problems: Array<ResolutionPlan["problems"][number]> = []
  for (const { dependencies, staticContext } of variants) {
    const name = options.name ?? document.name ?? "module"
    // What servers call a stream that nobody named.
    const stream = options.stream ?? document.stream ?? "master"
    const expansion = Result.flatMap(
      DependencyOverrides.apply(dependencies, options, available.settings),
      (overridden) =>
        ExpandedModule.expand(
          {
            name,
            stream,
            version: options.version,
            dependencies: DependencyOverrides.mapBuildrequires(
              overridden,
              (name, streams) => BaseModules.resolveVirtualStreams(available, name, streams)
            ),
            staticContext,
            lines: variants.length === 1 ? options.lines : undefined
          },
          available,
          options
        )
    )
    if (Result.isFailure(expansion)) {
      const { line, message } = expansion.failure
      problems.push({ message, ...(line === undefined ? {} : { line }) })
      continue
    }
    builds.push(...expansion.success.modules.map((module) => describe(module, available)))
    for (const conflict of expansion.success.conflicts) {
      leftOut.push({ streams: conflict.streams, reason: SolverConflict.describe(conflict) })
    }
  }
  const { components, problem } = order(document)
  if (problem !== undefined) problems.push({ message: problem })
  return { builds, left_out: leftOut, components, problems }
}

const describe = (
  module: ExpandedModule.ExpandedModule,
  available: AvailableModules.AvailableModules
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
      asked.has(one.name) ? "buildrequired" : `required by ${requirers(one, module.modules).join(", ")}`
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
      batch: placement.batch + MbsBatches.macrosBatch,
      after: placement.after,
      reason: BuildOrder.explainCounting(placement, 1 + MbsBatches.macrosBatch)
    }))
  }
}
