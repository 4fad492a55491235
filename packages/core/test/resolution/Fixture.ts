/** Short ways to write down modules and what is available. */
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as AvailableModules from "@orch/core/resolution/AvailableModules"
import type * as Dependencies from "@orch/core/resolution/ModuleDependencies"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"

type Streams = Dependencies.Streams

/** A ready build: `built("gtk:1:0:c2", "f28", { platform: ["f28"] })`; more requires are further elements. */
export const built = (
  nsvc: string,
  on: string | undefined,
  ...requires: ReadonlyArray<Streams>
): AvailableModule.AvailableModule => {
  const [name, stream, version, context] = nsvc.split(":") as [string, string, string, string]
  return AvailableModule.make({
    name,
    stream,
    version,
    context,
    commit: `commit-${context}`,
    kojiTag: `module-${name}-${context}`,
    dependencies: requires.map((requires) => ({ requires })),
    buildrequires: on === undefined ? {} : { platform: { stream: on } }
  })
}

/** A base module with virtual streams. */
export const base = (nsvc: string, ...virtualStreams: ReadonlyArray<string>): AvailableModule.AvailableModule => ({
  ...built(nsvc, undefined),
  virtualStreams
})

export const available = (
  modules: ReadonlyArray<AvailableModule.AvailableModule>,
  settings: Partial<ResolutionSettings.ResolutionSettings> = {}
): AvailableModules.AvailableModules => AvailableModules.make(modules, ResolutionSettings.make(settings))

/** Two Fedora platforms, with two streams each of two modules built on both. */
export const fedora = (): ReadonlyArray<AvailableModule.AvailableModule> => [
  base("platform:f28:0:c10"),
  base("platform:f29:0:c11"),
  ...["gtk", "foo"].flatMap((name) =>
    ["1", "2"].flatMap((stream) => [
      built(`${name}:${stream}:0:a${stream}`, "f28", { platform: ["f28"] }),
      built(`${name}:${stream}:0:b${stream}`, "f29", { platform: ["f29"] })
    ])
  )
]
