/**
 * What an installation decides about resolution: which modules are base modules, which may mark builds, which arches
 * there are. The names follow the configuration of the Module Build Service, in camel case, with its defaults.
 */

/** Everything by which two installations may resolve one document differently. */
export interface ResolutionSettings {
  /** Modules whose stream names the product a module is built for, most important first. */
  readonly baseModuleNames: ReadonlyArray<string>
  /** Modules that may set `disttag_marking` and `koji_tag_arches`, most important first. */
  readonly privilegedModuleNames: ReadonlyArray<string>
  /** Only base modules of the same major version, not newer than the one asked for, count as compatible. */
  readonly allowOnlyCompatibleBaseModules: boolean
  /** Base module streams that expansion of "any stream" leaves out. */
  readonly baseModuleStreamExclusions: ReadonlyArray<string>
  /** Pattern at the start of a stream, and what it adds to the stream version (`el8.1.0.z` above `el8.1.0`). */
  readonly streamSuffixes: Readonly<Record<string, number>>
  /** What the dist tag of a build begins with that is no scratch build. */
  readonly distTagPrefix: string
  /** Architectures when nothing else decides. */
  readonly arches: ReadonlyArray<string>
  /** Architectures by base module `name:stream`; overrides everything but `buildopts.arches`. */
  readonly baseModuleArches: Readonly<Record<string, ReadonlyArray<string>>>
  /** The base module (or other buildrequire) whose stream a branch name may choose. */
  readonly branchStreamModule: string
  /** Tried in order on the branch; the groups of the first that matches, joined, are the stream. */
  readonly branchStreamPatterns: ReadonlyArray<string>
  /** Patterns of branches that only scratch builds may come from. */
  readonly scratchOnlyBranches: ReadonlyArray<string>
  /** The Koji tag of a module's own build; `{}` stands for the stream of its base module. */
  readonly cgBuildTagTemplate: string
  /** That tag where no base module is buildrequired. */
  readonly cgDefaultBuildTag: string
}

/** The settings of the Module Build Service where nothing is configured. */
export const defaults: ResolutionSettings = {
  baseModuleNames: ["platform"],
  privilegedModuleNames: [],
  allowOnlyCompatibleBaseModules: true,
  baseModuleStreamExclusions: [],
  streamSuffixes: {},
  distTagPrefix: "module+",
  arches: ["x86_64"],
  baseModuleArches: {},
  branchStreamModule: "",
  branchStreamPatterns: [],
  scratchOnlyBranches: [],
  cgBuildTagTemplate: "{}-modular-updates-candidate",
  cgDefaultBuildTag: "modular-updates-candidate"
}

/** The settings with the given ones replaced; all others are the defaults. */
export const make = (settings: Partial<ResolutionSettings> = {}): ResolutionSettings => ({ ...defaults, ...settings })

/** What privileged modules may say of themselves under `xmd.mbs`, which is the build service's own otherwise. */
export const privilegedKeys: ReadonlyArray<string> = ["disttag_marking", "koji_tag_arches", "static_context"]

const compile = (source: string): RegExp | undefined => {
  try {
    return new RegExp(source.replaceAll("(?P<", "(?<"))
  } catch {
    return undefined
  }
}

/** Whether `pattern` understands the text, as a regular expression of JavaScript or one with Python's named groups. */
export const isPattern = (source: string): boolean => compile(source) !== undefined

/**
 * A configured pattern as a regular expression; Python's named groups are understood.
 *
 * A pattern that is not a regular expression matches nothing: configuration is validated where it is read.
 */
export const pattern = (source: string): RegExp => compile(source) ?? /(?!)/
