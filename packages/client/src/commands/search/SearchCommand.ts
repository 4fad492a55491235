/** `orch search`: finds anything by one text. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"

/** `orch search TEXT`. */
export const command = Command.make(
  "search",
  {
    ...Connection.flags,
    text: Argument.String("text").pipe(
      Argument.withDescription(
        "A number, a name or its beginning, name:stream, seven digits of a commit or more, or a URL"
      )
    )
  },
  ({ json, text, ...given }) =>
    Connection.run(given, (client) =>
      Effect.flatMap(client.search.find({ query: { q: text } }), (hits) =>
        Console.log(
          json
            ? JSON.stringify(hits, null, 2)
            : hits.length === 0
            ? "Nothing was found."
            : Table.format(
              ["KIND", "ID", "STATE", "BUILD", "TITLE"],
              hits.map((
                one
              ) => [one.kind, one.id, one.state ?? "-", one.build === null ? "-" : `${one.build}`, one.title])
            )
        )))
).pipe(Command.withDescription("Find builds, packages, releases, repositories, nodes and owners by one text"))
