/** The documents of the modules that a module includes (`components.modules`), and which commits are meant. */
import type { IncludedModule } from "@orch/core/modulebuild/ModulePlanning"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import type { Interface as SourceControl } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Source from "./Source.ts"
import { impossible, type SubmissionRefused, unretrievable } from "./SubmissionRefused.ts"

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

/** Those of a module and of all it includes, by key; fails with the first that cannot be had. */
export const fetch = (
  scm: SourceControl,
  stream: ModuleStreamV2,
  modulesRepository: string,
  defaultRef: string | undefined,
  depth = 1
): Effect.Effect<ReadonlyMap<string, IncludedModule>, SubmissionRefused> =>
  Effect.gen(function*() {
    if (stream.components.modules.size > 0 && depth > maxDepth) {
      return yield* impossible(
        `Modules include each other more than ${maxDepth} deep: ${[...stream.components.modules.keys()].join(", ")}`
      )
    }
    const included = new Map<string, IncludedModule>()
    for (const [name, { ref, repository = `${modulesRepository}${name}` }] of stream.components.modules) {
      const file = `${name}.yaml`
      const bytes = yield* Effect.gen(function*() {
        yield* scm.authorize(repository)
        const [resolution] = yield* scm.resolve([{ repository, ref }])
        if (resolution?._tag !== "Resolved") return yield* resolution!.error
        return yield* scm.readFile({ repository, commit: resolution.commit, path: file, maxBytes: Source.maxBytes })
      }).pipe(Effect.mapError((error) => unretrievable([{ component: name, error }])))
      const found = Upgrade.toStream(yield* Source.readDocument(yield* Source.decodeText(bytes, file), file))
      if (found === undefined) return yield* impossible(`The included document ${file} is no module stream`)
      const document = withRefs(found, defaultRef)
      included.set(name, {
        stream: document,
        included: yield* fetch(scm, document, modulesRepository, defaultRef, depth + 1)
      })
    }
    return included
  })
