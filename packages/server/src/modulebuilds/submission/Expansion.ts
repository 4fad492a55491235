/** From a document to the modules it stands for: one for each static context, or for each combination of streams. */
import { ResolutionRules } from "@orch/core/engine/modulebuild/ResolutionRules"
import type { DependencyLines } from "@orch/core/modulemd/DependencyLines"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as DependencyOverrides from "@orch/core/resolution/DependencyOverrides"
import * as ExpandedModule from "@orch/core/resolution/ExpandedModule"
import type { Dependencies } from "@orch/core/resolution/ModuleDependencies"
import * as StaticContexts from "@orch/core/resolution/StaticContexts"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as SupportStreams from "@orch/core/resolution/SupportStreams"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as DocumentRules from "./DocumentRules.ts"
import { Modules } from "./Modules.ts"
import { DefaultModules, type Extended } from "./PlatformDefaults.ts"
import { ProductPages } from "./ProductPages.ts"
import type { Source } from "./Source.ts"
import { StreamSettings } from "./StreamSettings.ts"
import { impossible, ofResolution, type SubmissionRefused } from "./SubmissionRefused.ts"
import type { SubmissionRequest } from "./SubmissionRequest.ts"
import { SubmissionSettings } from "./SubmissionSettings.ts"

/** A stream of the document, its builds, and what they were resolved against. */
export interface Expanded extends Extended {
  readonly stream: ModuleStreamV2
}

export interface Interface {
  /** The streams of a document in the order written, each with its builds in the order of their expansion; at least one. */
  readonly expand: (
    source: Source,
    request: SubmissionRequest
  ) => Effect.Effect<ReadonlyArray<Expanded>, SubmissionRefused | StoreUnavailable>
}

/** What is to be built of a document, under the contexts of the request where it has some. */
const toBuild = ({ document, name, stream }: Source, { contexts }: SubmissionRequest) => {
  const named = document._tag === "ModulePackagerV3" ? { ...document, name, stream } : document
  return Result.flatMap(StreamDocument.toBuild(named), (streams) =>
    contexts === undefined
      ? Result.succeed(streams)
      : Result.map(StaticContexts.parse(contexts), (found) =>
        streams.map(({ stream }): StreamDocument.ToBuild => ({
          stream,
          variants: found.map(({ context, dependencies }) => ({ dependencies: [dependencies], staticContext: context }))
        }))))
}

export class Expansion extends Context.Service<Expansion, Interface>()(
  "@orch/server/modulebuilds/submission/Expansion"
) {
  static readonly layer: Layer.Layer<
    Expansion,
    never,
    BuildSystem | Modules | ProductPages | DefaultModules | StreamSettings | SubmissionSettings
  > = Layer.effect(
    Expansion,
    Effect.gen(function*() {
      const { productPagesStreams: rules } = yield* StreamSettings
      const { allowModuleRepository } = yield* SubmissionSettings
      const farm = yield* BuildSystem
      const modules = yield* Modules
      const pages = yield* ProductPages
      const defaults = yield* DefaultModules
      const settings = yield* ResolutionRules

      /** Platforms that were released are built for under their support stream, where nobody said otherwise. */
      const withSupportStreams = Effect.fnUntraced(
        function*(dependencies: ReadonlyArray<Dependencies>, overridden: Dependencies["buildrequires"]) {
          const releases = SupportStreams.releases(dependencies, rules, settings, overridden)
          const released = yield* pages.released(releases)
          return SupportStreams.apply(dependencies, rules, (release) => released.has(release), overridden, settings)
        }
      )

      const expandOne = Effect.fnUntraced(function*(
        { stream, variants }: StreamDocument.ToBuild,
        source: Source,
        index: number,
        { buildrequireOverrides, builtWith, requireOverrides, scratch }: SubmissionRequest
      ) {
        yield* Effect.fromResult(DocumentRules.check(stream, source.name, { settings, allowModuleRepository }))
        // Static contexts have dependencies of their own.
        const asked = variants.flatMap(({ dependencies }) =>
          dependencies.map(({ buildrequires, requires }) => ({
            buildrequires: new Map(Object.entries(buildrequires)),
            requires: new Map(Object.entries(requires))
          }))
        )
        const known = yield* modules.available(asked, [], scratch ? builtWith : [])
        const { available } = known
        const refused = ofResolution(source.file, farm.capabilities.platforms)
        const expanded: Array<ExpandedModule.ExpandedModule> = []
        for (const variant of variants) {
          const dependencies = yield* Effect.fromResult(DependencyOverrides.apply(variant.dependencies, {
            buildrequires: buildrequireOverrides,
            requires: requireOverrides,
            branch: source.branch
          }, available.settings)).pipe(Effect.mapError(refused))
          const supported = yield* withSupportStreams(
            DependencyOverrides.resolveVirtualStreams(dependencies, available),
            buildrequireOverrides
          )
          const expand = (lines: DependencyLines | undefined) =>
            ExpandedModule.expand({
              name: source.name,
              stream: source.stream,
              version: source.version,
              dependencies: supported,
              staticContext: variant.staticContext,
              lines
            }, available)
          const first = expand(undefined)
          // Where they are written is looked for only to say it.
          const result = Result.isSuccess(first) || variants.length > 1
            ? first
            : expand((yield* source.lines)[index])
          const { modules } = yield* Effect.fromResult(result).pipe(Effect.mapError(refused))
          expanded.push(...modules)
        }
        const extended = yield* defaults.extend(expanded, asked, known)
        return { ...extended, stream }
      })

      return Expansion.of({
        expand: Effect.fn("Expansion.expand")(function*(source, request) {
          const streams = yield* Effect.fromResult(toBuild(source, request)).pipe(
            Effect.mapError(ofResolution(source.file))
          )
          if (streams.length === 0) return yield* impossible("The document is no module stream")
          return yield* Effect.forEach(
            streams,
            (one, index) => expandOne(one, source, index, request)
          )
        })
      })
    })
  )
}
