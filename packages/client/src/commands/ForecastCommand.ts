/** `orch module-build forecast` and `orch build forecast`: when a build is expected to end, part by part. */
import type { BuildForecast } from "@orch/api/orch/ForecastApi"
import * as Forecast from "@orch/core/farm/Forecast"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { OrchClient } from "../OrchClient.ts"
import * as Connection from "./Connection.ts"
import * as Table from "./Table.ts"

const clock = (time: string | null): string => time === null ? "-" : `${time.slice(0, 10)} ${time.slice(11, 16)}`

const said = (seconds: number | null | undefined): string => seconds == null ? "-" : Forecast.words(seconds)

const text = ({ expected, parts, progress, why_not }: BuildForecast): string =>
  [
    `${progress.done} of ${progress.total} are done.`,
    ...(progress.back === null ? [] : [progress.back]),
    ...(expected === null
      ? [why_not ?? "It has ended."]
      : [
        `It is expected to end about ${clock(expected.at)}, between ${clock(expected.earliest)} and ${
          clock(expected.latest)
        } UTC.`,
        `What decides that: ${expected.critical.join(", then ")}.`,
        ...expected.late.map((one) => `It may be later: ${one}.`)
      ]),
    "",
    Table.format(
      ["PART", "USUALLY", "TOOK", "STARTS", "ENDS"],
      parts.map((one) => [
        one.name,
        one.usual === null ? "-" : `${said(one.usual.low)} to ${said(one.usual.high)}`,
        said(one.took),
        clock(one.starts_at),
        clock(one.ends_at)
      ])
    )
  ].join("\n")

const make = (
  what: string,
  group: string,
  ask: (client: OrchClient["Service"], id: string) => Effect.Effect<BuildForecast, unknown>
) =>
  Command.make(
    "forecast",
    { ...Connection.flags, id: Argument.Int("id").pipe(Argument.withDescription(`Number of the ${what}`)) },
    ({ id, json, ...given }) =>
      Connection.run(given, (client) =>
        Effect.flatMap(
          ask(client, `${id}`),
          (forecast) => Console.log(json ? JSON.stringify(forecast, null, 2) : text(forecast))
        ))
  ).pipe(
    Command.withDescription(`Say when a ${what} is expected to end, from how long its parts took before`),
    Command.withExamples([{ command: `orch ${group} forecast 7`, description: "With how sure that is" }])
  )

/** `orch module-build forecast`. */
export const moduleBuild = make(
  "module build",
  "module-build",
  (client, id) => client.forecasts.moduleBuild({ params: { id } })
)

/** `orch build forecast`. */
export const packageBuild = make(
  "package build",
  "build",
  (client, id) => client.forecasts.packageBuild({ params: { id } })
)
