/** `orch farm …`: what the farm has, who uses it, and what waits for it in which order and why. */
import type { FarmOverview } from "@orch/api/orch/FarmApi"
import * as Forecast from "@orch/core/farm/Forecast"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import { given } from "../GivenOptions.ts"
import * as Table from "../Table.ts"

const text = ({ arches, dead_letters, finished, nodes, shares, systems }: FarmOverview): string =>
  [
    ...(dead_letters === 0 ? [] : [`${dead_letters} commands need somebody: see orch dead-letters list`]),
    ...systems.filter(({ available }) => !available).map((one) => `${one.system} is away: ${one.reason ?? ""}`),
    `${finished.reduce((sum, { built }) => sum + built, 0)} packages were built in 24 hours, ${
      finished.reduce((sum, { failed }) => sum + failed, 0)
    } failed.`,
    "",
    Table.format(
      ["ARCH", "SLOTS", "RUNNING", "WAITING", "LONGEST"],
      arches.map((one) => [
        one.arch,
        one.slots === null ? "-" : `${one.slots}`,
        `${one.running}`,
        `${one.waiting}`,
        one.longest_wait === null ? "-" : Forecast.words(one.longest_wait)
      ])
    ),
    "",
    Table.format(["OWNER", "RUNNING", "WAITING"], shares.map((one) => [one.owner, `${one.running}`, `${one.waiting}`])),
    ...(nodes.length === 0 ? [] : [
      "",
      Table.format(
        ["NODE", "CONDITION", "HAS", "SLOTS", "ARCHES"],
        nodes.map((one) => [one.name, one.condition, `${one.leased}`, `${one.slots}`, one.arches.join(" ")])
      )
    ])
  ].join("\n")

const show = Command.make(
  "show",
  { ...Connection.flags },
  ({ json, ...given }) =>
    Connection.run(given, (client) =>
      Effect.flatMap(
        client.farm.overview(),
        (overview) => Console.log(json ? JSON.stringify(overview, null, 2) : text(overview))
      ))
).pipe(Command.withDescription("Show slots, shares, nodes and what was finished"))

const queue = Command.make("queue", {
  ...Connection.flags,
  arch: Flag.String("arch").pipe(Flag.withDescription("Only what is for this architecture"), Flag.optional),
  owner: Flag.String("owner").pipe(Flag.withDescription("Only what is this owner's"), Flag.optional),
  limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(50)),
  offset: Flag.Int("offset").pipe(Flag.withDescription("How many to skip"), Flag.withDefault(0))
}, ({ arch, json, limit, offset, owner, ...said }) =>
  Connection.run(said, (client) =>
    Effect.gen(function*() {
      const page = yield* client.farm.queue({
        query: {
          limit: `${limit}`,
          offset: `${offset}`,
          ...given({ arch, owner })
        }
      })
      yield* Console.log(
        json
          ? JSON.stringify(page, null, 2)
          : page.items.length === 0
          ? "Nothing waits."
          : Table.format(
            ["FOR", "PLACE", "BUILD", "PART", "OWNER", "WHY"],
            page.items.map((one) => [
              one.kind,
              `${one.place}`,
              `${one.life} ${one.build}`,
              one.part,
              one.owner,
              one.sentence
            ])
          )
      )
    }))).pipe(Command.withDescription("Show what waits for the farm, in the order of hand-outs, with reasons"))

/** `orch farm …`. */
export const command = Command.make("farm").pipe(
  Command.withDescription("See what the farm has and what waits for it"),
  Command.withSubcommands([show, queue])
)
