/**
 * The dist tag every RPM of a module build carries in its release: `module+el8+12+1a2b3c4d`.
 *
 * Prefix, marking of the product, an index shared by all contexts of one submission, and a hash of the module's identity,
 * exactly as the Module Build Service makes it: the release text of published RPMs must sort and compare as before.
 */
import * as ModuleContext from "./ModuleContext.ts"
import type * as ModuleVersion from "./ModuleVersion.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"

/** The identity of the build that gets a dist tag. */
export interface Subject {
  readonly name: string
  readonly stream: string
  readonly version: ModuleVersion.Input
  readonly context: string
  readonly scratch?: boolean | undefined
}

/** A buildrequired module as far as it marks the dist tag. */
export interface Marking {
  readonly stream: string
  /** `xmd.mbs.disttag_marking` of that module. */
  readonly disttagMarking?: string | undefined
}

/** Eight hexadecimal digits of the module's identity, joined with dots. */
export const hash = (subject: Subject): string =>
  ModuleContext.sha1Hex([subject.name, subject.stream, subject.version, subject.context].join(".")).slice(0, 8)

/** The index: the lowest id among the build and its siblings; 0 while the build has no id. */
export const index = (id: number | null | undefined, siblings: ReadonlyArray<number> = []): number =>
  Math.min(id ?? 0, ...siblings)

/**
 * Which text marks the product: the first privileged module with a marking, else the first base module's marking or stream.
 *
 * @param buildrequires the buildrequired modules that are known, by name. `undefined` when none of them marks anything.
 */
export const marking = (
  buildrequires: Readonly<Record<string, Marking>>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): string | undefined => {
  for (const name of [...settings.privilegedModuleNames, ...settings.baseModuleNames]) {
    if (!Object.hasOwn(buildrequires, name)) continue
    const known = buildrequires[name]!
    if (known.disttagMarking !== undefined) return known.disttagMarking
    if (settings.baseModuleNames.includes(name)) return known.stream
  }
  return undefined
}

/**
 * The dist tag, without the dot that precedes it in a release: `module+el8+12+1a2b3c4d`. Scratch builds have the prefix
 * `scrmod+`.
 */
export const format = (
  subject: Subject,
  index: number,
  marking: string | undefined,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): string => {
  const prefix = subject.scratch === true ? "scrmod+" : settings.distTagPrefix
  return `${prefix}${marking === undefined ? "" : `${marking}+`}${index}+${hash(subject)}`
}

/** The dist tag from what is known about the build: its id, its siblings' ids, and what it was built against. */
export const make = (
  subject: Subject & { readonly id?: number | null | undefined; readonly siblings?: ReadonlyArray<number> | undefined },
  buildrequires: Readonly<Record<string, Marking>>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): string => format(subject, index(subject.id, subject.siblings), marking(buildrequires, settings), settings)
