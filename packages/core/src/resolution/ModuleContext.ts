/**
 * The context of a module build: eight hexadecimal digits that tell apart builds of one stream and version made against
 * different streams of other modules.
 *
 * The formulas are those of the Module Build Service, bit for bit, since contexts name published builds: SHA-1 over
 * Python's JSON text of the streams built against, and of the streams required at run time.
 */
import { sha1 } from "@noble/hashes/legacy.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as PythonJson from "./PythonJson.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"

/** The context of builds that have none, such as those of base modules. */
export const none = "00000000"

/** The stream built against, by module name, transitive requires and the base module included. */
export type Buildrequires = Readonly<Record<string, { readonly stream: string }>>

/** Streams by module name; an empty list means any stream. */
export type Streams = Readonly<Record<string, ReadonlyArray<string>>>

/** The hashes of one build: 40 hexadecimal digits each, `context` the first 8 of its own. */
export interface Contexts {
  readonly buildContext: string
  /** The build context without base modules: equal for builds that differ in the product only. */
  readonly buildContextNoBms: string
  readonly runtimeContext: string
  readonly context: string
}

/** SHA-1 of the UTF-8 bytes, as 40 lower-case hexadecimal digits. */
export const sha1Hex = (text: string): string => bytesToHex(sha1(utf8ToBytes(text)))

/** SHA-1 over the streams built against, as 40 hexadecimal digits. The order of modules makes no difference. */
export const buildContext = (buildrequires: Buildrequires): string =>
  sha1Hex(
    PythonJson.format(Object.fromEntries(Object.entries(buildrequires).map(([name, { stream }]) => [name, stream])))
  )

/**
 * The build context without the base modules, 40 hexadecimal digits: equal for builds that differ in the product only.
 */
export const buildContextNoBms = (
  buildrequires: Buildrequires,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): string =>
  buildContext(
    Object.fromEntries(Object.entries(buildrequires).filter(([name]) => !settings.baseModuleNames.includes(name)))
  )

/** SHA-1 over the runtime streams: the union over all dependencies elements, sorted. */
export const runtimeContext = (dependencies: ReadonlyArray<{ readonly requires: Streams }>): string => {
  const union = new Map<string, Set<string>>()
  for (const { requires } of dependencies) {
    for (const [name, streams] of Object.entries(requires)) {
      const known = union.get(name) ?? new Set()
      union.set(name, known)
      for (const stream of streams) known.add(stream)
    }
  }
  return sha1Hex(
    PythonJson.format(
      Object.fromEntries(
        Array.from(union, ([name, streams]) => [name, Array.from(streams).sort(PythonJson.compareText)])
      )
    )
  )
}

/** The context of a build and a runtime context: 8 hexadecimal digits. */
export const context = (buildContext: string, runtimeContext: string): string =>
  sha1Hex(`${buildContext}:${runtimeContext}`).slice(0, 8)

/** The context of a scratch build, unique among the earlier scratch builds of the same name, stream and version. */
export const scratch = (context: string, earlier: number): string => `${context}_${earlier + 1}`

/** How many of these contexts belong to scratch builds that count against `context`. */
export const countScratch = (context: string, scratchContexts: ReadonlyArray<string>): number =>
  scratchContexts.filter((known) => known.startsWith(context)).length

/**
 * All four hashes of a resolved module.
 *
 * ```ts run
 * import * as ModuleContext from "@orch/core/resolution/ModuleContext"
 *
 * ModuleContext.buildContext({ platform: { stream: "f28" } }) // => ModuleContext.sha1Hex(`{"platform": "f28"}`)
 * const { context } = ModuleContext.contexts({ platform: { stream: "f28" } }, [{ requires: { platform: ["f28"] } }])
 * context // => "9c690d0e"
 * ```
 */
export const contexts = (
  buildrequires: Buildrequires,
  dependencies: ReadonlyArray<{ readonly requires: Streams }>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): Contexts => {
  const build = buildContext(buildrequires)
  const runtime = runtimeContext(dependencies)
  return {
    buildContext: build,
    buildContextNoBms: buildContextNoBms(buildrequires, settings),
    runtimeContext: runtime,
    context: context(build, runtime)
  }
}
