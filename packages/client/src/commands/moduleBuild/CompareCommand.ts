/** `orch module-build compare`: how a build differs from another: what went in, what came out, how long it took. */
import * as Forecast from "@orch/core/farm/Forecast"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import { id } from "./ModuleBuildArguments.ts"

const said = (seconds: number | null | undefined): string => seconds == null ? "unknown" : Forecast.words(seconds)

/** Compares two builds, or one with the last ready one of its stream. */
export const command = Command.make(
  "compare",
  {
    ...Connection.flags,
    id,
    other: Argument.Int("other").pipe(
      Argument.withDescription("Number of the one to compare with; the last ready one of its stream without it"),
      Argument.optional
    )
  },
  ({ id, json, other, ...given }) =>
    Connection.run(given, (client) =>
      Effect.gen(function*() {
        const found = yield* client.comparisons.moduleBuild({
          params: { id: `${id}`, other: Option.match(other, { onNone: () => "last-ready", onSome: (one) => `${one}` }) }
        })
        yield* print(json, found, () =>
          [
            `From module build ${found.from} (${said(found.took.from)}) to ${found.to} (${said(found.took.to)}):`,
            ...found.inputs.map((one) =>
              `  ${one.what}${one.name === null ? "" : ` ${one.name}`}: ${one.from ?? "none"} -> ${one.to ?? "none"}`
            ),
            ...found.components.map(({ component, from, to }) =>
              `  ${component}: ${from?.state ?? "none"} in ${said(from?.seconds)} -> ${to?.state ?? "none"} in ${
                said(to?.seconds)
              }`
            ),
            ...found.artifacts.map((one) => `  ${one.name}.${one.arch}: ${one.from ?? "none"} -> ${one.to ?? "none"}`)
          ].join("\n"))
      }))
).pipe(
  Command.withDescription(
    "Show how a module build differs from another: what went in, what came out, how long it took"
  ),
  Command.withExamples([{ command: "orch module-build compare 42", description: "What changed since it last worked?" }])
)
