/**
 * What one module demands of another, and which builds meet the demand.
 *
 * A requirement names a module and streams, any of which will do. On base modules whose streams are versions it also
 * bounds the version: a build made on `el8.1.0` runs on `el8` from 8.1.0 on, while the module being built wants exactly
 * the platform it names.
 */
import type * as AvailableModule from "./AvailableModule.ts"
import type * as Dependencies from "./ModuleDependencies.ts"
import * as PythonJson from "./PythonJson.ts"
import type * as ResolutionSettings from "./ResolutionSettings.ts"
import * as StreamVersion from "./StreamVersion.ts"

/** Which versions of a base module will do. */
export interface Bound {
  readonly operator: "=" | ">="
  /** Stream version without padding, such as 80100. */
  readonly version: number
  /** The stream the version was taken from. */
  readonly stream: string
}

/** A module that must be there, in one of some streams. */
export interface Requirement {
  readonly name: string
  /** Acceptable streams; empty for any. */
  readonly streams: ReadonlyArray<{ readonly stream: string; readonly bound: Bound | undefined }>
}

/** The requirements of one section of one element. */
export const ofSection = (
  section: Dependencies.Streams,
  settings: ResolutionSettings.ResolutionSettings,
  operator: Bound["operator"],
  builtOn: AvailableModule.AvailableModule["buildrequires"] = {}
): ReadonlyArray<Requirement> =>
  Object.entries(section).map(([name, streams]) => {
    const isBase = settings.baseModuleNames.includes(name)
    const override = isBase && Object.hasOwn(builtOn, name) ? builtOn[name]!.stream : undefined
    return {
      name,
      streams: streams.map((stream) => ({
        stream,
        bound: isBase ? boundOf(override ?? stream, operator, settings) : undefined
      }))
    }
  })

const boundOf = (
  stream: string,
  operator: Bound["operator"],
  settings: ResolutionSettings.ResolutionSettings
): Bound | undefined => {
  const suffixes = settings.streamSuffixes
  if (!StreamVersion.isXyz(stream, { suffixes })) return undefined
  return { operator, version: StreamVersion.parse(stream, { rightPad: false, suffixes }), stream }
}

/** The requirements a built module has when it is installed: one list per dependencies element, any of which will do. */
export const ofBuild = (
  module: AvailableModule.AvailableModule,
  settings: ResolutionSettings.ResolutionSettings
): ReadonlyArray<ReadonlyArray<Requirement>> =>
  module.dependencies.map(({ requires }) => ofSection(requires, settings, ">=", module.buildrequires))

/**
 * Whether a build meets a requirement: its name, one of the streams (or virtual streams of a base module), and that
 * stream's bound.
 */
export const isMetBy = (
  self: Requirement,
  module: AvailableModule.AvailableModule,
  settings: ResolutionSettings.ResolutionSettings
): boolean => {
  if (module.name !== self.name) return false
  if (self.streams.length === 0) return true
  const isBase = settings.baseModuleNames.includes(module.name)
  const provided = isBase
    ? StreamVersion.parse(module.stream, { rightPad: false, suffixes: settings.streamSuffixes }) ||
      Number(module.version)
    : 0
  return self.streams.some(({ bound, stream }) => {
    if (stream !== module.stream && !(isBase && module.virtualStreams.includes(stream))) return false
    if (bound === undefined) return true
    return bound.operator === "=" ? provided === bound.version : provided >= bound.version
  })
}

/** As people write it: `perl:5.30`, `perl:5.24 or 5.26`, `any perl`, `platform:el8 from el8.1.0 on`. */
export const describe = (self: Requirement): string => {
  if (self.streams.length === 0) return `any ${self.name}`
  const later = self.streams.find(({ bound, stream }) => bound?.operator === ">=" && bound.stream !== stream)
  const from = later?.bound === undefined ? "" : ` from ${later.bound.stream} on`
  const streams = self.streams.map(({ stream }) => stream).sort(PythonJson.compareText)
  return `${self.name}:${streams.join(" or ")}${from}`
}
