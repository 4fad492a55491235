/** `orch module-build preview`: what a submission would come to, before anything begins. */
import type { ModulePreview, PreviewedBuild } from "@orch/api/orch/PreviewApi"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import * as SubmitOptions from "./SubmitOptions.ts"

const outcomes = { new: "would begin", resumed: "would go on as build", exists: "is there already as build" } as const

const build = (
  { arches, buildrequires, components, context, id, name, outcome, remarks, stream, version }: PreviewedBuild
) =>
  [
    `${name}:${stream}:${version}:${context} ${outcomes[outcome]}${id === null ? "" : ` ${id}`}, on ${
      arches.join(", ")
    }`,
    `  against ${Object.entries(buildrequires).map(([module, one]) => `${module}:${one}`).join(", ")}`,
    ...remarks.map((one) => `  ${one}`),
    ...components.flatMap((one) => [
      `  batch ${one.batch}: ${one.name}${one.after.length === 0 ? "" : ` after ${one.after.join(", ")}`}`,
      ...one.remarks.map((text) => `    ${text}`)
    ])
  ].join("\n")

const problem = ({ column, line, message, severity, where }: ModulePreview["problems"][number]): string =>
  `${where ?? ""}${line === undefined ? "" : `:${line}:${column ?? 1}`}: ${severity}: ${message}`.replace(/^:\s*/, "")

/** Shows the builds, batches and contexts of a submission, or what is wrong with it; exits 1 where it would be refused. */
export const command = Command.make("preview", {
  ...Connection.flags,
  ...SubmitOptions.flags
}, ({ json, ...given }) =>
  Connection.run(given, (client) =>
    Effect.gen(function*() {
      const found = yield* client.previews.moduleBuild({ payload: yield* SubmitOptions.toSubmission(given) })
      const { refused } = found
      yield* print(json, found, () => [...found.problems.map(problem), ...found.builds.map(build)].join("\n"))
      if (refused === null) return
      return yield* new CommandFailed({ exitCode: 1, message: `It would be refused: ${refused.message}` })
    }))).pipe(
    Command.withDescription(
      "Show what a submission would come to: problems, builds, batches, contexts; nothing begins"
    ),
    Command.withExamples([
      {
        command: "orch module-build preview 'git://src.example.org/modules/foo.git?#f1d2d2f9'",
        description: "What would be built, in which order?"
      },
      { command: "orch module-build preview --yaml foo.yaml", description: "The same of a file" }
    ])
  )
