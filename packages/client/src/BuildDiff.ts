/** What went into two module builds differently, from what the server tells of them. */
import type { ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as InputDiff from "@orch/core/resolution/InputDiff"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"

/**
 * What went into a build, from what the server tells of it. A modulemd that cannot be read leaves macros and modules
 * empty.
 */
export const inputsOf = (build: ModuleBuildDetail): InputDiff.BuildInputs => {
  const stream = Modulemd.read(build.modulemd).documents.find((one) => one._tag === "ModuleStreamV2")
  const recorded = stream === undefined ? {} : StreamDocument.recordedBuildrequires(stream)
  const [dependencies] = stream === undefined ? [] : StreamDocument.dependencies(stream)
  return {
    version: build.version,
    context: build.context,
    arches: build.arches,
    macros: stream?.buildopts.rpms.macros ?? "",
    buildrequires: Object.fromEntries(
      Object.entries(recorded).map(([name, { context = "", stream, version = "" }]) => [
        name,
        `${stream}:${version}:${context}`
      ])
    ),
    requires: dependencies?.requires ?? {},
    components: Object.fromEntries(
      build.components.map(({ batch, commit, name, repository }) => [name, { batch, commit, repository }])
    )
  }
}

/** What went into both builds differently; empty where nothing did. */
export const compare = (from: ModuleBuildDetail, to: ModuleBuildDetail): ReadonlyArray<InputDiff.Difference> =>
  InputDiff.compare(inputsOf(from), inputsOf(to))

/** Differences for people, a line each, or a sentence that there are none. */
export const format = (differences: ReadonlyArray<InputDiff.Difference>): string =>
  differences.length === 0 ? "Both builds were made from the same." : differences.map(InputDiff.format).join("\n")
