/** `orch notices …`: how whoever asks wants to be told when something of theirs fails. */
import type { NoticePreference } from "@orch/api/orch/NoticesApi"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import { given, optional } from "../GivenOptions.ts"

const shown = ({ address, follow, mail, webhook }: NoticePreference): string =>
  [
    `Mails: ${mail ? `to ${address ?? "the address that the server knows"}` : "none"}`,
    `Webhook: ${webhook ?? "none"}`,
    `Follows: ${follow.length === 0 ? "nothing of others" : follow.join(", ")}`
  ].join("\n")

const show = Command.make(
  "show",
  Connection.flags,
  ({ json, ...said }) =>
    Connection.run(
      said,
      (client) => Effect.flatMap(client.notices.preference(), (found) => print(json, found, () => shown(found)))
    )
).pipe(Command.withDescription("Show how you are told"))

const set = Command.make(
  "set",
  {
    ...Connection.flags,
    mail: Flag.Literals("mail", ["yes", "no"]).pipe(
      Flag.withDescription("Whether you want mails"),
      Flag.withDefault("yes")
    ),
    address: optional("address", "Where mails go instead of the address that the server knows"),
    webhook: optional("webhook", "An address that is told by a POST of JSON"),
    follow: optional("follow", "Modules of others to be told of, separated by commas: NAME:STREAM, * for anything")
  },
  ({ address, follow, json, mail, webhook, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.notices.prefer({
          payload: {
            mail: mail === "yes",
            ...given({ address, webhook }),
            ...(follow._tag === "None"
              ? {}
              : { follow: follow.value.split(",").map((one) => one.trim()).filter((one) => one !== "") })
          }
        }),
        (found) => print(json, found, () => shown(found))
      ))
).pipe(
  Command.withDescription("Say how you want to be told; what is left out is as if you had never said anything"),
  Command.withExamples([{
    command: "orch notices set --mail no --webhook https://chat.example.org/hooks/1 --follow 'perl:*'",
    description: "By a webhook alone, of your own modules and of all streams of perl"
  }])
)

/** `orch notices …`: show and set. */
export const command = Command.make("notices").pipe(
  Command.withDescription("How you are told when something of yours fails"),
  Command.withSubcommands([show, set])
)
