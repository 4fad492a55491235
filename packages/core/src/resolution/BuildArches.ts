/**
 * The architectures a module is built for, and who decided: the installation for a platform stream, the platform's own
 * record, its Koji tag, or the default; `buildopts.arches` of the module narrows whatever that gives.
 */
import * as Result from "effect/Result"
import * as ResolutionError from "./ResolutionError.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"

/** The module for which architectures are asked. */
export interface Subject {
  /** The streams it is built with, by module name. */
  readonly buildrequires: Readonly<Record<string, { readonly stream: string }>>
  /** `xmd.mbs.koji_tag_arches`, which only privileged modules may have. */
  readonly kojiTagArches?: ReadonlyArray<string> | undefined
  /** `buildopts.arches`. */
  readonly buildoptsArches?: ReadonlyArray<string> | undefined
}

/** The architectures, in the order of whoever decided. */
export interface Decision {
  readonly arches: ReadonlyArray<string>
  /** Who decided, before `buildopts.arches`. */
  readonly source: "base module arches" | "koji_tag_arches" | "buildrequired module" | "default"
}

/**
 * Decides the architectures. Fails with the reason `ArchesUnsupported` where `buildopts.arches` asks for one that is
 * not offered.
 *
 * @param tagArches what the Koji tag of a buildrequired module says, by module name; asked in order of the settings.
 */
export const select = (
  subject: Subject,
  tagArches: (module: string) => ReadonlyArray<string> | undefined = () => undefined,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): Result.Result<Decision, ResolutionError.ResolutionError> => {
  const offered = offer(subject, tagArches, settings)
  const wanted = subject.buildoptsArches ?? []
  const unsupported = wanted.filter((arch) => !offered.arches.includes(arch))
  if (unsupported.length > 0) {
    return Result.fail(ResolutionError.make(
      "ArchesUnsupported",
      `The following buildopts arches are not supported with these buildrequires: ${unsupported.join(", ")}`,
      unsupported
    ))
  }
  return Result.succeed(wanted.length === 0 ? offered : { ...offered, arches: wanted })
}

const offer = (
  { buildrequires, kojiTagArches }: Subject,
  tagArches: (module: string) => ReadonlyArray<string> | undefined,
  settings: ResolutionSettings.ResolutionSettings
): Decision => {
  for (const [name, { stream }] of Object.entries(buildrequires)) {
    const key = `${name}:${stream}`
    if (Object.hasOwn(settings.baseModuleArches, key)) {
      return { arches: settings.baseModuleArches[key]!, source: "base module arches" }
    }
  }
  if (kojiTagArches !== undefined) return { arches: kojiTagArches, source: "koji_tag_arches" }
  for (const name of [...settings.privilegedModuleNames, ...settings.baseModuleNames]) {
    if (!Object.hasOwn(buildrequires, name)) continue
    const arches = tagArches(name) ?? []
    if (arches.length > 0) return { arches, source: "buildrequired module" }
  }
  return { arches: settings.arches, source: "default" }
}
