/** `orch trace …`: what components were built from, and results that are taken no more. */
import * as NameList from "@orch/core/NameList"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import { given, optional } from "../GivenOptions.ts"
import * as Table from "../Table.ts"

const list = Command.make(
  "list",
  {
    ...Connection.flags,
    build: Argument.Int("build").pipe(Argument.withDescription("Number of the module build")),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 1000"), Flag.withDefault(100)),
    offset: Flag.Int("offset").pipe(Flag.withDescription("How many of the first to skip"), Flag.withDefault(0))
  },
  ({ build, json, limit, offset, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.traces.list({ query: { build: `${build}`, limit: `${limit}`, offset: `${offset}` } }),
        (page) =>
          print(json, page, () =>
            page.items.length === 0
              ? `Nothing is known of what module build ${build} was built from.`
              : Table.format(["COMPONENT", "INPUT"], page.items.map(({ component, input }) => [component, input])))
      ))
).pipe(
  Command.withDescription("List what the components of a module build were built from, each as a hash"),
  Command.withExamples([{ command: "orch trace list 12", description: "Their names are what revoke takes" }])
)

const revoke = Command.make(
  "revoke",
  {
    ...Connection.flags,
    input: Argument.String("input").pipe(Argument.withDescription("Hash of what it was built from, as list prints it")),
    why: optional("why", "Reason that others are shown")
  },
  ({ input, json, why, ...said }) =>
    Connection.run(
      said,
      (client) =>
        Effect.flatMap(client.traces.revoke({ params: { input }, payload: given({ why }) }), (answer) =>
          print(json, answer, () =>
            [
              answer.components.length === 0
                ? "It was revoked before."
                : `Taken no more: ${answer.components.join(", ")}.`,
              answer.campaign === null
                ? "No module that is ready holds it."
                : `Campaign ${answer.campaign} builds ${
                  answer.modules.join(", ")
                } again, and what was built with that.`,
              ...(answer.derived.length === 0
                ? []
                : [`What these made with it is taken no more either: ${NameList.shorten(answer.derived)}.`])
            ].join("\n")))
    )
).pipe(
  Command.withDescription("Take a result no more, and plan everything that was made with it again"),
  Command.withExamples([{
    command: "orch trace revoke 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --why 'a bad builder'",
    description: "Administrators may"
  }])
)

/** `orch trace …`. */
export const command = Command.make("trace").pipe(
  Command.withDescription("What components were built from, and results that are taken no more"),
  Command.withSubcommands([list, revoke])
)
