/**
 * Once a product is released its modules are built for the support stream: `el8.0.0` becomes `el8.0.0.z`.
 *
 * Whether a release has happened is asked elsewhere; here stand the rules of which release a stream belongs to and what is
 * appended. The first pattern that matches a stream decides.
 */
import * as DependencyOverrides from "./DependencyOverrides.ts"
import type * as Dependencies from "./ModuleDependencies.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"
import * as StreamVersion from "./StreamVersion.ts"

/** Which streams wait for which release, and what they are called once it has happened. */
export interface Rule {
  /** At the start of a base module's stream. */
  readonly pattern: string
  /** Appended once released, such as `.z`. */
  readonly suffix: string
  /** Name of the release with `{x}`, `{y}`, `{z}`, such as `rhel-{x}-{y}.{z}`. */
  readonly release: string
  /** Name for `x.0.0`, such as `rhel-{x}-{y}`; without it, `release` is used. */
  readonly majorRelease?: string | undefined
}

/** The release a stream waits for, and the suffix it then gets; `undefined` when no rule applies. */
export const releaseOf = (
  stream: string,
  rules: ReadonlyArray<Rule>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): { readonly release: string; readonly suffix: string } | undefined => {
  const rule = rules.find(({ pattern }) => ResolutionSettings.pattern(`^(?:${pattern})`).test(stream))
  if (rule === undefined || stream.endsWith(rule.suffix)) return undefined
  const version = Math.floor(StreamVersion.parse(stream, { suffixes: settings.streamSuffixes }))
  if (version === 0) return undefined
  const x = Math.floor(version / 10000)
  const y = Math.floor(version / 100) % 100
  const z = version % 100
  const template = version % 10000 === 0 && rule.majorRelease ? rule.majorRelease : rule.release
  const release = template.replaceAll("{x}", String(x)).replaceAll("{y}", String(y)).replaceAll("{z}", String(z))
  return { release, suffix: rule.suffix }
}

/** The releases that must be asked about before `apply`, each once; none for modules that are `overridden`. */
export const releases = (
  dependencies: ReadonlyArray<Dependencies.Dependencies>,
  rules: ReadonlyArray<Rule>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults,
  overridden: Dependencies.Streams = {}
): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const { buildrequires } of dependencies) {
    for (const name of settings.baseModuleNames) {
      if (!Object.hasOwn(buildrequires, name) || Object.hasOwn(overridden, name)) continue
      for (const stream of buildrequires[name]!) {
        const release = releaseOf(stream, rules, settings)
        if (release !== undefined) found.add(release.release)
      }
    }
  }
  return Array.from(found)
}

/**
 * Appends the suffix to base module streams of releases that have happened.
 *
 * @param overridden modules the submitter chose the stream of, which is left alone.
 */
export const apply = (
  dependencies: ReadonlyArray<Dependencies.Dependencies>,
  rules: ReadonlyArray<Rule>,
  isReleased: (release: string) => boolean,
  overridden: Dependencies.Streams = {},
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): ReadonlyArray<Dependencies.Dependencies> =>
  DependencyOverrides.mapBuildrequires(dependencies, (name, streams) => {
    if (!settings.baseModuleNames.includes(name) || Object.hasOwn(overridden, name)) return streams
    return streams.map((stream) => {
      const release = releaseOf(stream, rules, settings)
      return release !== undefined && isReleased(release.release) ? stream + release.suffix : stream
    })
  })
