/** What a document that is submitted must not say, by the rules of the Module Build Service. */
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import * as Xmd from "@orch/core/modulemd/Xmd"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as Result from "effect/Result"
import { forbidden, invalid, type SubmissionRefused } from "./SubmissionRefused.ts"

export interface DocumentRules {
  readonly settings: ResolutionSettings.ResolutionSettings
  /** Whether included modules may name their repository. */
  readonly allowModuleRepository: boolean
}

/** What a builder notes in every document; a document with all of it was built before, and is noted in anew. */
const notes = ["buildrequires", "mse", "commit", "scmurl"]

const isNoted = (xmd: Xmd.Xmd): boolean => Xmd.isMapping(xmd) && notes.every((key) => xmd.has(key))

/** Whether a module may say this under `xmd.mbs`: nothing, unless it is privileged. */
const mayMark = (xmd: Xmd.Xmd, name: string, settings: ResolutionSettings.ResolutionSettings): boolean =>
  settings.privilegedModuleNames.includes(name) && Xmd.isMapping(xmd)
  && Array.from(xmd.keys()).every((key) => ResolutionSettings.privilegedKeys.includes(key))

/** Each is looked up and combined with the others; real documents have some dozens. */
const mostStreams = 2000

/** The modules and streams in all dependencies of a document. */
const streamsNamed = ({ dependencies }: ModuleStreamV2): number => {
  let named = 0
  for (const { buildrequires, requires } of dependencies) {
    for (const streams of [...buildrequires.values(), ...requires.values()]) named += 1 + streams.length
  }
  return named
}

export const check = (
  stream: ModuleStreamV2,
  name: string,
  { allowModuleRepository, settings }: DocumentRules
): Result.Result<void, SubmissionRefused> => {
  const custom = allowModuleRepository
    ? undefined
    : Array.from(stream.components.modules).find(([, { repository }]) => repository !== undefined)
  if (custom !== undefined) {
    return Result.fail(forbidden(
      `Custom module repositories aren't allowed.  '${custom[0]}' bears repository '${custom[1].repository}'`
    ))
  }
  const named = streamsNamed(stream)
  if (named > mostStreams) {
    return Result.fail(
      invalid(`The dependencies name ${named} modules and streams; at most ${mostStreams} are resolved`)
    )
  }
  const mbs = Xmd.get(stream.xmd, "mbs")
  if (mbs !== undefined && !isNoted(mbs) && !mayMark(mbs, name, settings)) {
    return Result.fail(invalid("The \"mbs\" xmd field is reserved for MBS"))
  }
  return settings.baseModuleNames.includes(name)
    ? Result.fail(invalid(`You cannot build a module named "${name}" since it is a base module`))
    : Result.void
}

/** Dashes separate name, stream, version and context in the names of tags and builds. */
export const refuseDashes = (
  { context, stream }: { readonly stream: string; readonly context: string }
): Result.Result<void, SubmissionRefused> => {
  const dashed = Object.entries({ stream, context }).find(([, text]) => text.includes("-"))
  return dashed === undefined ? Result.void : Result.fail(invalid(`Dashes not allowed in ${dashed[0]}`))
}

/** The architectures a privileged module says it is for. */
export const kojiTagArches = (stream: ModuleStreamV2): ReadonlyArray<string> | undefined => {
  const arches = Xmd.get(stream.xmd, "mbs", "koji_tag_arches")
  return Array.isArray(arches) ? arches.filter((arch): arch is string => typeof arch === "string") : undefined
}
