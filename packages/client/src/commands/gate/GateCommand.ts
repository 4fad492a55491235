/** `orch gate …`: what gates decide and why, and waivers that end by themselves. */
import type { BoundWaiver, GateAnswer, GateRequirement } from "@orch/api/orch/GatesApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import { given, optional } from "../GivenOptions.ts"
import * as Table from "../Table.ts"
import * as TargetCommands from "./TargetCommands.ts"

const subject = Argument.String("subject").pipe(
  Argument.withDescription("What gates know it by: name-stream-version.context of a module, the NVR of a build")
)
const type = Flag.String("type").pipe(
  Flag.withDescription("The type of the subject"),
  Flag.withDefault("redhat-module")
)

const requirement = (one: GateRequirement): string => {
  const result = one["result_id"] === undefined ? "" : ` (result ${String(one["result_id"])})`
  const scenario = typeof one["scenario"] === "string" ? ` [${one["scenario"]}]` : ""
  return `  ${String(one["type"])}: ${String(one["testcase"] ?? "")}${scenario}${result}`
}

const answer = (one: GateAnswer): string =>
  [
    `${one.decision_context}, ${one.product_version}: ${
      one.satisfied ? "satisfied" : "NOT satisfied"
    }. ${one.summary}.`,
    ...one.unsatisfied.map(requirement)
  ].join("\n")

const decide = Command.make(
  "decide",
  {
    ...Connection.flags,
    subject,
    type,
    context: optional("context", "Only at this decision context"),
    product: optional("product-version", "Only for this product version")
  },
  ({ context, json, product, subject, type, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const query = {
          subject,
          subject_type: type,
          ...given({ decision_context: context, product_version: product })
        }
        const answers = yield* client.gates.decide({ query })
        yield* print(
          json,
          answers,
          () => answers.length === 0 ? `No policy is about ${type} ${subject}.` : answers.map(answer).join("\n")
        )
        const passes = answers.length > 0 && answers.every(({ satisfied }) => satisfied)
        if (!passes) yield* Effect.sync(() => void (process.exitCode = 1))
      }))
).pipe(
  Command.withDescription("Show what gates decide about a subject now, and why; exit code 1 unless all are satisfied"),
  Command.withExamples([{
    command: "orch gate decide perl-5.30-20260101.c0ffee00",
    description: "At every point that policies name"
  }])
)

const ends = (one: BoundWaiver): string =>
  [
    ...(one.result === null ? [] : [`result ${one.result}`]),
    ...(one.expires === null ? [] : [`until ${one.expires}`]),
    ...(one.revoked === null ? [] : [`revoked by ${one.revoked_by ?? "?"}`])
  ].join(", ")

const table = (all: ReadonlyArray<BoundWaiver>): string =>
  all.length === 0 ? "There are none." : Table.format(
    ["NUMBER", "COUNTS", "SUBJECT", "TEST", "FOR", "ENDS", "BY", "COMMENT"],
    all.map((one) => [
      `${one.id}`,
      one.counts ? "yes" : "no",
      one.subject,
      one.scenario === null ? one.test : `${one.test} [${one.scenario}]`,
      one.product_version ?? "all",
      ends(one),
      one.by,
      one.comment
    ])
  )

const waivers = Command.make(
  "waivers",
  {
    ...Connection.flags,
    subject: optional("subject", "Only of this subject"),
    test: optional("test", "Only of this test"),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 1000"), Flag.withDefault(100))
  },
  ({ json, limit, subject, test, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.gates.waivers({ query: { limit: `${limit}`, ...given({ subject, test }) } }),
        (all) => print(json, all, () => table(all))
      ))
).pipe(
  Command.withDescription("List waivers that end by themselves, the newest first"),
  Command.withExamples([{ command: "orch gate waivers", description: "What is waived at present" }])
)

const waive = Command.make(
  "waive",
  {
    ...Connection.flags,
    subject,
    test: Argument.String("test").pipe(Argument.withDescription("Name of the test")),
    type,
    comment: Flag.String("comment").pipe(Flag.withDescription("Why it need not pass")),
    result: Flag.Int("result").pipe(
      Flag.withDescription("Number of the one result that it is about; later ones are not waived"),
      Flag.optional
    ),
    expires: optional("expires", "When it ends, such as 2026-12-24T18:00:00Z"),
    scenario: optional("scenario", "Only in this scenario of the test"),
    product: optional("product-version", "Only for this product version")
  },
  ({ comment, expires, json, product, result, scenario, subject, test, type, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.gates.waive({
          payload: {
            subject_type: type,
            subject,
            test,
            comment,
            ...given({ result, expires, scenario, product_version: product })
          }
        }),
        (one) => print(json, one, () => table([one]))
      ))
).pipe(
  Command.withDescription("Waive a test of a subject: one result of it, or until a time"),
  Command.withExamples([{
    command: "orch gate waive perl-5.26-1.c0ffee42 install --result 12 --comment \"known, see #7\"",
    description: "One failure; the next one counts again"
  }])
)

const revoke = Command.make(
  "revoke",
  { ...Connection.flags, number: Argument.Int("number").pipe(Argument.withDescription("Number of the waiver")) },
  ({ json, number, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.gates.revoke({ params: { number: `${number}` } }),
        (one) => print(json, one, () => table([one]))
      ))
).pipe(
  Command.withDescription("Take a waiver back"),
  Command.withExamples([{ command: "orch gate revoke 3", description: "The test counts again" }])
)

/** `orch gate …`: decide, waive, waivers, revoke, and sets of candidates. */
export const command = Command.make("gate").pipe(
  Command.withDescription("What gates decide and why, and waivers of tests"),
  Command.withSubcommands([decide, waive, waivers, revoke, ...TargetCommands.commands])
)
