/**
 * What a build was made with, as it is recorded in `xmd.mbs.buildrequires` of its document: for every module in the
 * buildroot the commit, stream, version, context and Koji tag.
 */
import * as Result from "effect/Result"
import * as AvailableModule from "./AvailableModule.ts"
import * as AvailableModules from "./AvailableModules.ts"
import * as ResolutionError from "./ResolutionError.ts"

/** By module name, transitive requires included. */
export type XmdBuildrequires = Readonly<Record<string, AvailableModule.RecordedBuildrequire>>

/**
 * Records these builds, by module name.
 *
 * Fails with the reason `BuildrequireNotReady` while another context of the same version is still being built: what it
 * would be built with tomorrow is not what it is built with today.
 */
export const record = (
  available: AvailableModules.AvailableModules,
  modules: ReadonlyArray<AvailableModule.AvailableModule>
): Result.Result<XmdBuildrequires, ResolutionError.ResolutionError> => {
  const recorded: Record<string, AvailableModule.RecordedBuildrequire> = {}
  for (const module of modules) {
    const unfinished = AvailableModules.siblings(available, module).find(({ state }) =>
      state !== "ready" && state !== "failed"
    )
    if (unfinished !== undefined) {
      const { name, state, stream, version } = unfinished
      return Result.fail(ResolutionError.make(
        "BuildrequireNotReady",
        `Buildrequire ${name}-${stream}-${version} is in "${state}" state`,
        [AvailableModule.nsvc(unfinished)]
      ))
    }
    recorded[module.name] = {
      ref: module.commit ?? null,
      stream: module.stream,
      version: String(module.version),
      context: module.context,
      kojiTag: module.kojiTag ?? null
    }
  }
  return Result.succeed(recorded)
}

/** What stands in the document of one of them. */
export interface Entry {
  readonly ref: string | null
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly koji_tag: string | null
  /** Absent until the build system has looked. */
  readonly filtered_rpms?: ReadonlyArray<string>
}

/** The form that stands in the document: `koji_tag` for `kojiTag`. */
export const toXmd = (self: XmdBuildrequires): Record<string, Entry> =>
  Object.fromEntries(
    Object.entries(self).map(([name, { context, filteredRpms, kojiTag, ref, stream, version }]) => [
      name,
      {
        context,
        koji_tag: kojiTag,
        ref,
        stream,
        version,
        ...(filteredRpms === undefined ? {} : { filtered_rpms: filteredRpms })
      }
    ])
  )
