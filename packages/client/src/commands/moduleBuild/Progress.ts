/** A module build while it runs, batch by batch, as lines for a terminal. */
import type { ComponentDetail, ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"

const marks: Readonly<Record<ComponentDetail["state"], string>> = {
  waiting: "·",
  submitting: "…",
  building: "▸",
  built: "✓",
  available: "✓",
  failed: "✗",
  canceled: "–"
}

/** One line: id, name, stream, version, context and state. */
export const title = (build: ModuleBuildDetail): string =>
  `module build ${build.id}  ${build.name}:${build.stream}:${build.version}:${build.context}  ${build.state}`

/** One line for each batch, its components with their marks. */
export const batches = (build: ModuleBuildDetail): ReadonlyArray<string> => {
  const byBatch = Map.groupBy(build.components, ({ batch }) => batch)
  return [...byBatch]
    .sort(([a], [b]) => a - b)
    .map(([batch, components]) =>
      `  batch ${batch}  ${components.map((one) => `${marks[one.state]} ${one.name}`).join("  ")}`
    )
}

/** What changed between two looks, a line each: for logs and pipes, where nothing can be redrawn. */
export const changes = (before: ModuleBuildDetail | undefined, now: ModuleBuildDetail): ReadonlyArray<string> => {
  const known = new Map(before?.components.map((component) => [component.name, component.state]))
  return [
    ...now.components.flatMap((one) => {
      const was = known.get(one.name) ?? "waiting"
      return was === one.state
        ? []
        : [`  batch ${one.batch}  ${one.name}: ${one.state} (${one.nvr ?? one.state_reason})`]
    }),
    ...(before?.state === now.state ? [] : [`module build ${now.id} is in ${now.state}: ${now.state_reason}`])
  ]
}

/** How it ended, for people. */
export const ending = (build: ModuleBuildDetail): ReadonlyArray<string> => [
  `module build ${build.id} is ${build.state}: ${build.state_reason}`,
  ...build.components
    .filter(({ state }) => state === "failed")
    .map(({ log_url, name, state_reason }) =>
      `  ${name} failed: ${state_reason}${log_url === null ? "" : `, see orch module-build logs ${build.id} ${name}`}`
    ),
  ...(build.repository === null ? [] : [`repository: ${build.repository.path ?? build.repository.url}`])
]
