/**
 * The parts that several kinds of document have in common: licences, dependencies, references, profiles, build options
 * and artifacts. Absent maps and sets are empty, absent text is `undefined`; sets are sorted by code point and unique.
 */
import type { Xmd } from "./Xmd.ts"

/** A mapping of a document that may hold keys which no version of the format has. */
export interface WithUnknownKeys {
  /** Those keys with their values as written. Only the compat profile reads them; they are written again behind the others. */
  readonly unknown?: ReadonlyMap<string, Xmd>
}

/** Licences as their documents write them: SPDX expressions or the short names that came before. */
export interface License extends WithUnknownKeys {
  /** Licences of the module's own metadata; at least one in a valid stream. */
  readonly module: ReadonlyArray<string>
  /** Licences of the packages; filled in by the build system. */
  readonly content: ReadonlyArray<string>
}

/** Module name to streams. An empty list means every stream, `-f27` means every stream but that one. */
export type ModuleStreams = ReadonlyMap<string, ReadonlyArray<string>>

/** One alternative under which the module can be built and run. */
export interface Dependencies extends WithUnknownKeys {
  readonly buildrequires: ModuleStreams
  readonly requires: ModuleStreams
}

/** URLs for people. They are not checked. */
export interface References extends WithUnknownKeys {
  readonly community: string | undefined
  readonly documentation: string | undefined
  readonly tracker: string | undefined
}

/** Packages that are installed together under one name. */
export interface Profile extends WithUnknownKeys {
  readonly description: string | undefined
  /** Names of binary packages. */
  readonly rpms: ReadonlyArray<string>
  /** Meant for packager v3 documents, where it makes the profile a default one. */
  readonly default: boolean
}

/** What the builder is to do differently for this module. */
export interface Buildopts extends WithUnknownKeys {
  readonly rpms: WithUnknownKeys & {
    /** Macro definitions, one a line, as written into the buildroot's macro file. */
    readonly macros: string | undefined
    readonly whitelist: ReadonlyArray<string>
  }
  /** Architectures the whole module is built for; empty means that the builder decides. */
  readonly arches: ReadonlyArray<string>
}

/** How long one level of support lasts. */
export interface ServiceLevel extends WithUnknownKeys {
  /** End of life, `YYYY-MM-DD`. */
  readonly eol: string | undefined
}

/** What a checksum in `artifacts.rpm-map` stands for. */
export interface RpmMapEntry extends WithUnknownKeys {
  readonly name: string
  readonly epoch: bigint
  readonly version: string
  readonly release: string
  readonly arch: string
  readonly nevra: string
}

/** What was built, filled in by the build system. */
export interface Artifacts extends WithUnknownKeys {
  /** `name-epoch:version-release.arch` of everything the module ships. */
  readonly rpms: ReadonlyArray<string>
  /** Digest name (`sha256`) to checksum to package. */
  readonly rpmMap: ReadonlyMap<string, ReadonlyMap<string, RpmMapEntry>>
}

/** No licences. A stream with this value is not valid: it needs one of the module. */
export const noLicense: License = { module: [], content: [] }
/** No references at all. */
export const noReferences: References = { community: undefined, documentation: undefined, tracker: undefined }
/** No build options at all: the one value that is not written, not even as an empty mapping. */
export const noBuildopts: Buildopts = { rpms: { macros: undefined, whitelist: [] }, arches: [] }
/** No artifacts: the value of streams that are not built yet. */
export const noArtifacts: Artifacts = { rpms: [], rpmMap: new Map() }

/** A profile with the fields given, otherwise without packages and description. */
export const profile = (fields: Partial<Profile> = {}): Profile => ({
  description: undefined,
  rpms: [],
  default: false,
  ...fields
})

/**
 * Whether requirements take a stream of a module: it is listed, or all are (an empty list), or the list leaves out
 * others only. A module that is not listed is not taken. Which streams exist plays no part.
 *
 * ```ts run
 * import * as ModuleContent from "@orch/core/modulemd/ModuleContent"
 *
 * const requires = new Map([["platform", ["el8", "el9"]], ["perl", []], ["php", ["-7.4"]]])
 * ModuleContent.takesStream(requires, "platform", "el9") // => true
 * ModuleContent.takesStream(requires, "perl", "5.30") // => true
 * ModuleContent.takesStream(requires, "php", "7.4") // => false
 * ModuleContent.takesStream(requires, "ruby", "3.0") // => false
 * ```
 */
export const takesStream = (requirements: ModuleStreams, module: string, stream: string): boolean => {
  const streams = requirements.get(module)
  if (streams === undefined) return false
  if (streams.length === 0 || streams.includes(stream)) return true
  return streams[0]!.startsWith("-") && !streams.includes(`-${stream}`)
}
