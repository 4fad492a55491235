/**
 * Default modules of a platform are in the buildroot although nobody asks for them, as they are on an installed system.
 *
 * For each default `name:stream` that is not built with already, the newest build made on a compatible base module is
 * added, provided it says that it runs on this base module's stream.
 */
import * as Result from "effect/Result"
import type * as AvailableModule from "./AvailableModule.ts"
import * as AvailableModules from "./AvailableModules.ts"
import * as BaseModules from "./BaseModules.ts"
import type * as ResolutionError from "./ResolutionError.ts"
import * as StreamExpansion from "./StreamExpansion.ts"
import * as StreamVersion from "./StreamVersion.ts"
import * as XmdBuildrequires from "./XmdBuildrequires.ts"

/** Why a default module was or was not added. */
export interface Note {
  readonly module: string
  readonly outcome: "added" | "already there" | "another stream is there" | "no suitable build"
}

/** What a module is built with once default modules are there. */
export interface WithDefaults {
  readonly buildrequires: XmdBuildrequires.XmdBuildrequires
  /** The builds that were added. */
  readonly added: ReadonlyArray<AvailableModule.AvailableModule>
  /** One for each default, in their order. */
  readonly notes: ReadonlyArray<Note>
}

/**
 * Adds default modules to what a module is built with. Defaults without a suitable build are left out, and noted.
 *
 * Fails with the reason `BuildrequireNotReady` where another context of an added build is still being built.
 *
 * @param defaults default stream by module name, as the base module's defaults say.
 */
export const add = (
  available: AvailableModules.AvailableModules,
  buildrequires: XmdBuildrequires.XmdBuildrequires,
  base: AvailableModule.AvailableModule,
  defaults: Readonly<Record<string, string>>
): Result.Result<WithDefaults, ResolutionError.ResolutionError> => {
  const compatible = BaseModules.compatible(available, base)
  const suffixes = available.settings.streamSuffixes
  const bases = [...compatible.ready, ...compatible.garbage].sort((one, two) =>
    StreamVersion.compareDescending(one.stream, two.stream, { suffixes, rightPad: false })
  )
  const added: Array<AvailableModule.AvailableModule> = []
  const notes: Array<Note> = []
  for (const [name, stream] of Object.entries(defaults)) {
    const module = `${name}:${stream}`
    if (Object.hasOwn(buildrequires, name)) {
      const same = buildrequires[name]!.stream === stream
      notes.push({ module, outcome: same ? "already there" : "another stream is there" })
      continue
    }
    const build = suitable(available, name, stream, base, bases)
    if (build === undefined) notes.push({ module, outcome: "no suitable build" })
    else {
      notes.push({ module, outcome: "added" })
      added.push(build)
    }
  }
  return Result.map(
    XmdBuildrequires.record(available, added),
    (recorded) => ({ buildrequires: { ...buildrequires, ...recorded }, added, notes })
  )
}

const suitable = (
  available: AvailableModules.AvailableModules,
  name: string,
  stream: string,
  base: AvailableModule.AvailableModule,
  bases: ReadonlyArray<AvailableModule.AvailableModule>
): AvailableModule.AvailableModule | undefined => {
  for (const compatible of bases) {
    const found = AvailableModules.builtAgainst(available, name, stream, compatible).find((build) =>
      build.dependencies.some(({ requires }) => {
        if (!Object.hasOwn(requires, base.name)) return false
        const streams = StreamExpansion.expandStreams(available, base.name, requires[base.name]!)
        return Result.isSuccess(streams) && streams.success.includes(base.stream)
      })
    )
    if (found !== undefined) return found
  }
  return undefined
}
