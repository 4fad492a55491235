/** The documents of the modules that a module includes (`components.modules`), and which commits are meant. */
import type { IncludedModule } from "@orch/core/modulebuild/ModulePlanning"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import * as NameList from "@orch/core/NameList"
import type { Interface as SourceControl } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Source from "./Source.ts"
import { impossible, ofComponent, type SubmissionRefused, unretrievable } from "./SubmissionRefused.ts"
import { documentBytes } from "./SubmissionSettings.ts"

/** Modules in modules in modules; nobody needs more, and a circle ends here. */
const maxDepth = 5

/** What is built of each component: what is asked for by name, else what the document says, else `defaultRef`. */
export const withRefs = (
  stream: ModuleStreamV2,
  defaultRef: string | undefined,
  refs: Readonly<Record<string, string>> = {}
): ModuleStreamV2 => {
  const { modules, rpms } = stream.components
  return {
    ...stream,
    components: {
      ...stream.components,
      rpms: new Map(Array.from(rpms, ([name, component]) => [
        name,
        { ...component, ref: Object.hasOwn(refs, name) ? refs[name] : component.ref ?? defaultRef }
      ])),
      modules: new Map(Array.from(modules, ([name, module]) => [name, { ...module, ref: module.ref ?? defaultRef }]))
    }
  }
}

/** Repositories looked into side by side. */
const concurrency = 8

/** How much a module may bring along. */
export interface Bounds {
  readonly maxComponents: number
  readonly maxIncludedModules: number
  readonly modulemdKilobytes: number
}

/** What has been counted so far, over all levels. */
interface Counts {
  modules: number
  components: number
}

const counted = (stream: ModuleStreamV2, counts: Counts, bounds: Bounds): Effect.Effect<void, SubmissionRefused> => {
  counts.modules += stream.components.modules.size
  counts.components += stream.components.rpms.size
  return counts.components > bounds.maxComponents
    ? impossible(
      `The module has ${counts.components} packages with those it includes; at most ${bounds.maxComponents} are built at once`
    )
    : counts.modules > bounds.maxIncludedModules
    ? impossible(
      `The module includes ${counts.modules} modules with those they include; at most ${bounds.maxIncludedModules} are looked for`
    )
    : Effect.void
}

/** Those of a module and of all it includes, by key; fails with the first that cannot be had, and before looking for too many. */
export const fetch = (
  scm: SourceControl,
  stream: ModuleStreamV2,
  modulesRepository: string,
  defaultRef: string | undefined,
  bounds: Bounds
): Effect.Effect<ReadonlyMap<string, IncludedModule>, SubmissionRefused> => {
  const counts: Counts = { modules: 0, components: 0 }

  const read = Effect.fnUntraced(function*(name: string, repository: string, ref: string | undefined) {
    const file = `${name}.yaml`
    const bytes = yield* Effect.gen(function*() {
      yield* scm.authorize(repository)
      const [resolution] = yield* scm.resolve([{ repository, ref }])
      if (resolution?._tag !== "Resolved") return yield* resolution!.error
      return yield* scm.readFile({ repository, commit: resolution.commit, path: file, maxBytes: documentBytes(bounds) })
    }).pipe(Effect.mapError((error) => unretrievable([ofComponent(name, error)])))
    const found = Upgrade.toStream(yield* Source.readDocument(yield* Source.decodeText(bytes, file), file))
    if (found === undefined) return yield* impossible(`The included document ${file} is no module stream`)
    return withRefs(found, defaultRef)
  })

  const within = (
    module: ModuleStreamV2,
    depth: number
  ): Effect.Effect<ReadonlyMap<string, IncludedModule>, SubmissionRefused> =>
    Effect.gen(function*() {
      yield* counted(module, counts, bounds)
      const { modules } = module.components
      if (modules.size > 0 && depth > maxDepth) {
        return yield* impossible(
          `Modules include each other more than ${maxDepth} deep: ${NameList.shorten([...modules.keys()])}`
        )
      }
      const included = yield* Effect.forEach(
        modules,
        ([name, { ref, repository = `${modulesRepository}${name}` }]) =>
          Effect.gen(function*() {
            const document = yield* read(name, repository, ref)
            return [name, { stream: document, included: yield* within(document, depth + 1) }] as const
          }),
        // One level at a time is wide: below it, each takes its own in turn.
        { concurrency: depth === 1 ? concurrency : 1 }
      )
      return new Map(included)
    })

  return within(stream, 1)
}
