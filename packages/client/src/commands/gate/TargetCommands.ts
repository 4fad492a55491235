/** `orch gate targets`, `promote` and `promotions`: which of several candidates can go to a target together. */
import { type GatePromotion, PromotionCandidate } from "@orch/api/orch/GateTargetsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readFile } from "node:fs/promises"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"

const target = Argument.String("target").pipe(Argument.withDescription("Name of a target, as targets.yaml has it"))

const shown = ({ is_largest, number, promoted, refused, target }: GatePromotion): string =>
  [
    number === null
      ? `${promoted.length} could go to ${target}:`
      : `Promotion ${number}: ${promoted.length} went to ${target}:`,
    ...promoted.map((id) => `  ${id}`),
    ...(refused.length === 0 ? [] : [`${refused.length} refused:`]),
    ...refused.map(({ id, reason }) => `  ${id}: ${reason}`),
    ...(is_largest ? [] : ["There was too much to try: a larger set may be possible."])
  ].join("\n")

const list = Command.make(
  "targets",
  Connection.flags,
  ({ json, ...said }) =>
    Connection.run(
      said,
      (client) =>
        Effect.flatMap(client.gateTargets.targets(), (all) =>
          print(json, all, () =>
            all.length === 0 ? "There are none: name them in targets.yaml of the gates." : Table.format(
              ["NAME", "ARCHES", "AT", "PROMOTED PACKAGES"],
              all.map((one) => [
                one.name,
                one.arches.join(","),
                [one.decision_context ?? "no gate", ...(one.product_version === null ? [] : [one.product_version])]
                  .join(", "),
                `${one.packages}`
              ])
            )))
    )
).pipe(
  Command.withDescription("List where sets of candidates can go"),
  Command.withExamples([{ command: "orch gate targets", description: "Targets, and what is in them" }])
)

const decode = Schema.decodeUnknownEffect(Schema.Array(PromotionCandidate))

/** Candidates of a file, in the form that the server takes. */
const read = (path: string) =>
  Effect.tryPromise({
    try: async (): Promise<unknown> => JSON.parse(await readFile(path, "utf8")),
    catch: (error) =>
      new CommandFailed({ exitCode: 2, message: `${path}: ${error instanceof Error ? error.message : String(error)}` })
  }).pipe(
    Effect.flatMap(decode),
    Effect.mapError((error) =>
      error instanceof CommandFailed ? error : new CommandFailed({ exitCode: 2, message: `${path}: ${error.message}` })
    )
  )

const promote = Command.make(
  "promote",
  {
    ...Connection.flags,
    target,
    candidates: Argument.String("candidate").pipe(
      Argument.withDescription("Number or name:stream:version:context of a finished module build"),
      Argument.variadic()
    ),
    file: Flag.File("file").pipe(
      Flag.withDescription(
        "A JSON list of further candidates with their packages: [{\"id\", \"packages\": [{\"nevra\", \"requires\", \"provides\"}]}]"
      ),
      Flag.optional
    ),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withDescription("Only say what would go there"),
      Flag.withDefault(false)
    )
  },
  ({ candidates, dryRun, file, json, target, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const further = file._tag === "Some" ? yield* read(file.value) : []
        const all = [...candidates.map((id) => ({ id })), ...further]
        if (all.length === 0) {
          return yield* new CommandFailed({ exitCode: 2, message: "Name candidates, or a file of them" })
        }
        const answer = yield* client.gateTargets.promote({
          params: { name: target },
          payload: { candidates: all, dry_run: dryRun }
        })
        yield* print(json, answer, () => shown(answer))
        if (answer.refused.length > 0) yield* Effect.sync(() => void (process.exitCode = 1))
      }))
).pipe(
  Command.withDescription(
    "Promote the largest set that the target can take, and say why not the others; exit code 1 if any is refused"
  ),
  Command.withExamples([{
    command: "orch gate promote el9-stable perl:5.30:9020260101:c0ffee00 web:1:9020260102:c0ffee00",
    description: "Both, one or none of them"
  }])
)

const promotions = Command.make(
  "promotions",
  {
    ...Connection.flags,
    target,
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 1000"), Flag.withDefault(20))
  },
  ({ json, limit, target, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.gateTargets.promotions({ params: { name: target }, query: { limit: `${limit}` } }),
        (all) =>
          print(json, all, () =>
            all.length === 0
              ? "There are none."
              : all.map((one) => `${one.at} by ${one.by}\n${shown(one)}`).join("\n\n"))
      ))
).pipe(
  Command.withDescription("Show what was promoted to a target and what was refused, the newest first"),
  Command.withExamples([{ command: "orch gate promotions stable", description: "Each refusal with its reason" }])
)

/** All of them. */
export const commands = [list, promote, promotions] as const
