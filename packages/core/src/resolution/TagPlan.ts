/**
 * The names one module build has in Koji: tag, build tag, target, and the NVR of its content-generator build.
 *
 * Names are what the Module Build Service gives; where a name would exceed Koji's limit (256 for tags, 50 for targets) the
 * identity is replaced by sixteen digits of its hash.
 */
import type * as DistTag from "./DistTag.ts"
import * as ModuleContext from "./ModuleContext.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"

/** Scratch builds get their id appended, so that one commit can be submitted again. */
export type Subject = DistTag.Subject & { readonly id?: number | null | undefined }

/** The longest name of a tag that Koji takes, in characters. */
export const tagLimit = 256

/** Koji's limit for target names is 50; six more because room for `-build` is always kept. */
export const targetLimit = 50 + "-build".length

/** The destination tag: `module-n-s-v-c`, or `scrmod-n-s-v-c+id` for a scratch build. */
export const tag = (subject: Subject, limit: number = tagLimit): string => {
  const scratch = subject.scratch === true
  const prefix = scratch ? "scrmod-" : "module-"
  const suffix = scratch ? `+${subject.id ?? 0}` : ""
  const parts = [subject.name, subject.stream, String(subject.version), subject.context]
  const plain = `${prefix}${parts.join("-")}${suffix}`
  // Koji counts characters, not UTF-16 units.
  if (Array.from(plain).length + "-build".length <= limit) return plain
  return `${prefix}${ModuleContext.sha1Hex(parts.join(".")).slice(0, 16)}${suffix}`
}

/** The name of the tag whose repository is the buildroot: that of `tag`, with `-build` after it. */
export const buildTag = (subject: Subject): string => `${tag(subject)}-build`

/** The name of the target that components are built for: that of `tag`, within the shorter limit of targets. */
export const target = (subject: Subject): string => tag(subject, targetLimit)

/** Name, version and release of the build the content generator imports. Dashes in a stream become underscores. */
export const cgNvr = (subject: DistTag.Subject): string =>
  `${subject.name}-${subject.stream.replaceAll("-", "_")}-${subject.version}.${subject.context}`

/**
 * The name of the tag the content generator's build goes to, by the stream of the buildrequired base module; undefined
 * for scratch builds, which go to none.
 */
export const cgBuildTag = (
  subject: Pick<DistTag.Subject, "scratch">,
  buildrequires: Readonly<Record<string, { readonly stream: string }>>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): string | undefined => {
  if (subject.scratch === true) return undefined
  const base = settings.baseModuleNames.find((name) => Object.hasOwn(buildrequires, name))
  return base === undefined
    ? settings.cgDefaultBuildTag
    : settings.cgBuildTagTemplate.replaceAll("{}", buildrequires[base]!.stream)
}
