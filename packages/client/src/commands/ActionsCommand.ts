/** `orch module-build actions`, and the same of package builds and releases: what one may do, why not, and what would follow. */
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { OrchClient } from "../OrchClient.ts"
import * as Connection from "./Connection.ts"

const line = ({ action, allowed, consequence, part, why_not }: PossibleAction): string =>
  `${allowed ? "can" : "cannot"} ${action}${part === null ? "" : ` ${part}`}: ${
    (allowed ? consequence : why_not) ?? ""
  }`

const make = (
  what: string,
  group: string,
  ask: (client: OrchClient["Service"], id: string) => Effect.Effect<ReadonlyArray<PossibleAction>, unknown>
) =>
  Command.make(
    "actions",
    { ...Connection.flags, id: Argument.Int("id").pipe(Argument.withDescription(`Number of the ${what}`)) },
    ({ id, json, ...given }) =>
      Connection.run(given, (client) =>
        Effect.flatMap(
          ask(client, `${id}`),
          (found) => Console.log(json ? JSON.stringify(found, null, 2) : found.map(line).join("\n"))
        ))
  ).pipe(
    Command.withDescription(`Say what you may do to a ${what}, why not, and what would follow; changes nothing`),
    Command.withExamples([{ command: `orch ${group} actions 7`, description: "And why not what you may not" }])
  )

/** `orch module-build actions`. */
export const moduleBuild = make(
  "module build",
  "module-build",
  (client, id) => client.actions.moduleBuild({ params: { id } })
)

/** `orch build actions`. */
export const packageBuild = make(
  "package build",
  "build",
  (client, id) => client.actions.packageBuild({ params: { id } })
)

/** `orch release actions`. */
export const release = make("release", "release", (client, id) => client.actions.release({ params: { id } }))
