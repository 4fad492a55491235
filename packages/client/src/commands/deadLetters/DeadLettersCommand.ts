/** `orch dead-letters …`: commands whose retries are spent, and how to give them another chance. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"

const list = Command.make(
  "list",
  { ...Connection.flags },
  ({ json, ...given }) =>
    Connection.run(given, (client) =>
      Effect.flatMap(client.operations.deadLetters(), (letters) =>
        Console.log(
          json
            ? JSON.stringify(letters, null, 2)
            : letters.length === 0
            ? "There are no dead letters."
            : Table.format(
              ["ID", "BUILD", "COMMAND", "ATTEMPTS", "AT", "REASON"],
              letters.map((
                one
              ) => [
                one.id,
                `${one.life} ${one.process ?? "?"}`,
                one.command,
                `${one.attempts}`,
                one.at,
                one.reason.split("\n")[0]!
              ])
            )
        )))
).pipe(Command.withDescription("List commands whose retries are spent"))

const release = Command.make("release", {
  ...Connection.flags,
  id: Argument.String("id").pipe(Argument.withDescription("Id of the dead letter"))
}, ({ id, json, ...given }) =>
  Connection.run(given, (client) =>
    Effect.andThen(
      client.operations.release({ params: { id } }),
      Console.log(json ? JSON.stringify({ released: id }) : `Released ${id}: it runs again with a new retry budget.`)
    ))).pipe(
    Command.withDescription("Run a dead letter again"),
    Command.withExamples([{ command: "orch dead-letters release 42.7.0", description: "After the farm is back" }])
  )

/** `orch dead-letters list` and `release`: commands of builds that have spent their retries. */
export const command = Command.make("dead-letters").pipe(
  Command.withDescription("Commands of builds that need a hand"),
  Command.withSubcommands([list, release])
)
