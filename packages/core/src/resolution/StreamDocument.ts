/**
 * What resolution reads from a modulemd stream document: the module to be built, or one that can be built against.
 *
 * What a build system noted under `xmd.mbs` (`buildrequires`, `virtual_streams`, `koji_tag`, `commit`, …) is understood in
 * the form in which the Module Build Service writes it.
 */
import * as Result from "effect/Result"
import type * as ModuleContent from "../modulemd/ModuleContent.ts"
import type { ModulemdDocument } from "../modulemd/ModulemdDocument.ts"
import * as Upgrade from "../modulemd/ModulemdUpgrade.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"
import * as AvailableModule from "./AvailableModule.ts"
import * as Dependencies from "./ModuleDependencies.ts"
import * as ResolutionError from "./ResolutionError.ts"
import * as StaticContexts from "./StaticContexts.ts"

const streamsOf = (streams: ModuleContent.ModuleStreams): Dependencies.Streams => Object.fromEntries(streams)

/** The dependencies elements of a document as plain records, streams as sorted sets. */
export const dependencies = (
  document: Pick<ModuleStreamV2, "dependencies">
): ReadonlyArray<Dependencies.Dependencies> =>
  document.dependencies.map(({ buildrequires, requires }) =>
    Dependencies.make({ buildrequires: streamsOf(buildrequires), requires: streamsOf(requires) })
  )

const text = (node: Xmd.Xmd | undefined): string | undefined => typeof node === "string" ? node : undefined

const list = (node: Xmd.Xmd | undefined): ReadonlyArray<string> =>
  Array.isArray(node) ? node.filter((item: unknown) => typeof item === "string") : []

/**
 * What a document records of the modules it was built with, by name; empty where it records none. Entries without a
 * stream are left out.
 */
export const recordedBuildrequires = (
  document: Pick<ModuleStreamV2, "xmd">
): AvailableModule.AvailableModule["buildrequires"] => {
  const recorded = Xmd.get(document.xmd, "mbs", "buildrequires")
  if (!Xmd.isMapping(recorded)) return {}
  return Object.fromEntries(
    Array.from(recorded).flatMap(([name, details]) => {
      const stream = text(Xmd.get(details, "stream"))
      if (stream === undefined) return []
      const version = text(Xmd.get(details, "version"))
      const context = text(Xmd.get(details, "context"))
      return [[name, {
        stream,
        ref: text(Xmd.get(details, "ref")) ?? null,
        kojiTag: text(Xmd.get(details, "koji_tag")) ?? null,
        ...(version === undefined ? {} : { version }),
        ...(context === undefined ? {} : { context })
      }]]
    })
  )
}

/**
 * The build a document describes; without a record of what it was built with, its single buildrequired streams stand in.
 *
 * @returns `undefined` when the document has no name, stream or version, as one that was never built.
 */
export const availableModule = (
  document: ModuleStreamV2,
  state: AvailableModule.State = "ready"
): AvailableModule.AvailableModule | undefined => {
  const { context, name, stream, version } = document
  if (name === undefined || stream === undefined || version === undefined) return undefined
  const mbs = Xmd.get(document.xmd, "mbs")
  const recorded = recordedBuildrequires(document)
  const pinned = document.dependencies.length === 1
    ? Array.from(document.dependencies[0]!.buildrequires).flatMap(([module, streams]) =>
      streams.length === 1 && !streams[0]!.startsWith("-") ? [[module, { stream: streams[0]! }] as const] : []
    )
    : []
  const tag = text(Xmd.get(mbs, "koji_tag"))
  const commit = text(Xmd.get(mbs, "commit"))
  const disttagMarking = text(Xmd.get(mbs, "disttag_marking"))
  const arches = list(Xmd.get(mbs, "koji_tag_arches"))
  const withModules = text(Xmd.get(mbs, "koji_tag_with_modules"))
  return AvailableModule.make({
    name,
    stream,
    version,
    state,
    dependencies: dependencies(document),
    virtualStreams: list(Xmd.get(mbs, "virtual_streams")),
    buildrequires: Object.keys(recorded).length > 0 ? recorded : Object.fromEntries(pinned),
    kojiTag: tag === undefined || tag === "" ? null : tag,
    commit: commit ?? null,
    useDefaultModules: isTrue(Xmd.get(mbs, "use_default_modules")),
    ...(context === undefined ? {} : { context }),
    ...(disttagMarking === undefined ? {} : { disttagMarking }),
    ...(withModules === undefined || withModules === "" ? {} : { kojiTagWithModules: withModules }),
    ...(arches.length === 0 ? {} : { kojiTagArches: arches })
  })
}

const isTrue = (node: Xmd.Xmd | undefined): boolean => typeof node === "string" && /^true$/i.test(node)

/** A stream to build, and the variants it is to be built in. */
export interface ToBuild {
  readonly stream: ModuleStreamV2
  readonly variants: ReadonlyArray<Variant>
}

/**
 * What a submitted document stands for: a packager v3 document is one stream for each of its configurations, whose
 * contexts are static; all others are one stream.
 *
 * Fails with the reason `StaticContextInvalid` where static contexts cannot be read or a packager v3 document cannot be
 * expanded.
 *
 * @returns an empty list for documents that are no streams, such as defaults.
 */
export const toBuild = (
  document: ModulemdDocument
): Result.Result<ReadonlyArray<ToBuild>, ResolutionError.ResolutionError> => {
  if (document._tag === "ModulePackagerV3") {
    const expanded = Upgrade.packagerV3(document)
    if (Result.isFailure(expanded)) {
      return Result.fail(ResolutionError.make("StaticContextInvalid", expanded.failure.message))
    }
    return Result.succeed(expanded.success.streams.map((stream) => ({
      stream: { ...stream, staticContext: true },
      variants: [{ dependencies: dependencies(stream), staticContext: stream.context }]
    })))
  }
  const stream = Upgrade.toStream(document)
  return stream === undefined
    ? Result.succeed([])
    : Result.map(variants(stream), (variants) => [{ stream, variants }])
}

/** One variant a submitted document is to be built in, before its streams are expanded. */
export interface Variant {
  readonly dependencies: ReadonlyArray<Dependencies.Dependencies>
  /** The context to keep, for documents that name theirs. */
  readonly staticContext: string | undefined
}

/**
 * The variants of a submitted document: one, or one for each static context.
 *
 * Static are a document with `static_context`, one being built again (`xmd.mbs.static_context`), and one that lists
 * contexts under `xmd.mbs_options.contexts`. Fails with the reason `StaticContextInvalid` where that list cannot be
 * read.
 */
export const variants = (
  document: ModuleStreamV2
): Result.Result<ReadonlyArray<Variant>, ResolutionError.ResolutionError> => {
  const own = { dependencies: dependencies(document), staticContext: undefined }
  if (document.staticContext || Xmd.get(document.xmd, "mbs", "static_context") !== undefined) {
    return Result.succeed([{ ...own, staticContext: document.context }])
  }
  const contexts = Xmd.get(document.xmd, "mbs_options", "contexts")
  if (contexts === undefined) return Result.succeed([own])
  return Result.map(
    StaticContexts.parse(contexts),
    (found) => found.map(({ context, dependencies }) => ({ dependencies: [dependencies], staticContext: context }))
  )
}
