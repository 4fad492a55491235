/** `orch module-build list`, `show`, `diff`, `watch`, `explain`, `logs`: look at module builds. */
import { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as BuildDiff from "../../BuildDiff.ts"
import { print } from "../Answer.ts"
import * as Colours from "../Colours.ts"
import * as Connection from "../Connection.ts"
import { given } from "../GivenOptions.ts"
import * as Table from "../Table.ts"
import * as Elapsed from "./Elapsed.ts"
import * as Logs from "./Logs.ts"
import { component, id } from "./ModuleBuildArguments.ts"
import * as Progress from "./Progress.ts"
import * as Watching from "./Watching.ts"

const natural = (minimum: number) =>
  Flag.filter((number: number) => number >= minimum, () => `a whole number from ${minimum}`)

const isState = (text: string): boolean => ModuleBuildState.literals.some((state) => state === text)

/** Lists builds, newest first. */
export const list = Command.make(
  "list",
  {
    ...Connection.flags,
    state: Flag.String("state").pipe(
      Flag.withDescription(`Only builds in these states, separated by commas: ${ModuleBuildState.literals.join(", ")}`),
      Flag.filter(
        (text) => text.split(",").every(isState),
        () => `some of ${ModuleBuildState.literals.join(", ")}`
      ),
      Flag.optional
    ),
    name: Flag.String("name").pipe(Flag.withDescription("Only builds of this module"), Flag.optional),
    stream: Flag.String("stream").pipe(Flag.withDescription("Only builds of this stream"), Flag.optional),
    owner: Flag.String("owner").pipe(Flag.withDescription("Only builds of this owner"), Flag.optional),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), natural(1), Flag.withDefault(20)),
    offset: Flag.Int("offset").pipe(Flag.withDescription("How many to skip"), natural(0), Flag.withDefault(0))
  },
  ({ json, limit, name, offset, owner, state, stream, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const { items, total } = yield* client.moduleBuilds.list({
          query: {
            limit: `${limit}`,
            offset: `${offset}`,
            ...given({ state, name, stream, owner })
          }
        })
        yield* print(json, { items, total }, () =>
          total === 0 ? "There are no such module builds." : Table.format(
            ["ID", "STATE", "MODULE", "OWNER", "MODIFIED"],
            items.map((
              one
            ) => [
              `${one.id}`,
              one.state,
              `${one.name}:${one.stream}:${one.version}:${one.context}`,
              one.owner,
              one.modified_at
            ])
          ) + (total > items.length ? `\n(${items.length} of ${total})` : ""))
      }))
).pipe(
  Command.withDescription("List module builds, newest first"),
  Command.withExamples([{
    command: "orch module-build list --state failed,build --limit 50",
    description: "What fails and what runs"
  }])
)

/** Shows one build with all its components. */
export const show = Command.make(
  "show",
  { ...Connection.flags, id },
  ({ id, json, ...given }) =>
    Connection.run(given, (client, { url }) =>
      Effect.gen(function*() {
        const build = yield* client.moduleBuilds.get({ params: { id: `${id}` } })
        const colours = Colours.ofOutput()
        const repository = Progress.repositoryOf(build, url)
        yield* print(json, build, () =>
          [
            Progress.title(build, colours),
            `  ${build.state_reason}`,
            `  platform ${build.platform}, arches ${
              build.arches.join(" ")
            }, dist tag ${build.dist_tag}, owner ${build.owner}`,
            ...(build.scmurl === null ? [] : [`  from ${build.scmurl}`]),
            ...(repository === undefined ? [] : [`  repository ${repository}`]),
            "",
            Table.format(
              ["BATCH", "COMPONENT", "STATE", "TOOK", "TASK", "REASON"],
              build.components.map((one) => [
                `${one.batch}`,
                one.nvr ?? one.name,
                one.state,
                Elapsed.between(one.submitted_at, one.finished_at) ?? "-",
                one.task ?? "-",
                one.state_reason
              ])
            ),
            "",
            ...build.trace.map(({ at, cause, reason, state }) => `  ${at}  ${state}: ${reason} [${cause}]`),
            ...Progress.advice(build)
          ].join("\n"))
      }))
).pipe(Command.withDescription("Show everything known of a module build"))

/** Tells what went into two builds differently. */
export const diff = Command.make(
  "diff",
  {
    ...Connection.flags,
    from: Argument.Int("from").pipe(Argument.withDescription("Number of a module build")),
    to: Argument.Int("to").pipe(Argument.withDescription("Number of the one to compare with"))
  },
  ({ from, json, to, ...given }) =>
    Connection.run(given, (client) =>
      Effect.gen(function*() {
        const [one, two] = yield* Effect.forEach(
          [from, to],
          (id) => client.moduleBuilds.get({ params: { id: `${id}` } })
        )
        const differences = BuildDiff.compare(one!, two!)
        yield* print(json, differences, () => BuildDiff.format(differences))
      }))
).pipe(
  Command.withDescription("Show what went into two module builds differently"),
  Command.withExamples([{ command: "orch module-build diff 41 42", description: "Why was it built anew?" }])
)

/** Follows a build to its end. */
export const watch = Command.make(
  "watch",
  { ...Connection.flags, id },
  ({ id, json, ...given }) => Connection.run(given, (client, { url }) => Watching.watch(client, id, json, url))
).pipe(
  Command.withDescription("Follow a module build until it has ended; exit code 0 only if it is ready"),
  Command.withExamples([{ command: "orch module-build watch 42 && echo ready", description: "Go on once it is ready" }])
)

/** Says what a build waits for. */
export const explain = Command.make(
  "explain",
  { ...Connection.flags, id },
  ({ id, json, ...given }) =>
    Connection.run(given, (client) =>
      Effect.gen(function*() {
        const explained = yield* client.moduleBuilds.explain({ params: { id: `${id}` } })
        yield* print(json, explained, () =>
          [
            `It is in ${explained.state}: ${explained.reason}`,
            ...(explained.waits_for.length === 0 ? ["Nothing is outstanding."] : explained.waits_for),
            ...explained.waits.flatMap(({ queue }) =>
              queue === null ? [] : [
                `${queue.part} is number ${queue.place} of ${queue.of} in the queue: ${queue.sentence}`,
                ...queue.ahead.map((one) => `  behind ${one.part} of ${one.life} ${one.build}, ${one.owner}'s`)
              ]
            ),
            ...explained.waits.filter(({ when }) => when === "then").map(({ sentence }) => `Then: ${sentence}`),
            ...explained.remarks.map((remark) => `Remark: ${remark}.`),
            "",
            ...explained.components.flatMap((one) => [
              `${one.component}: ${one.state} (${one.reason})`,
              `  ${one.placement}`,
              ...(one.waits_for.length === 0 ? [] : [`  waits for ${one.waits_for.join(", ")}`]),
              ...(one.reuse === null ? [] : [`  ${one.reuse}`]),
              ...one.remarks.map((remark) => `  remark: ${remark}`)
            ])
          ].join("\n"))
      }))
).pipe(Command.withDescription("Say what a module build waits for, and why each component is where it is"))

/** Prints a component's log. */
export const logs = Command.make(
  "logs",
  {
    ...Connection.flags,
    id,
    component,
    follow: Flag.Boolean("follow").pipe(
      Flag.withAlias("f"),
      Flag.withDescription("Stay until the build has ended"),
      Flag.withDefault(false)
    )
  },
  ({ component, follow, id, json: _, ...given }) =>
    Connection.run(
      given,
      (client, { token, url }) =>
        Logs.print(client, { url, token: Option.getOrUndefined(token) }, id, component, follow)
    )
).pipe(
  Command.withDescription("Print the log of a component's build"),
  Command.withExamples([{
    command: "orch module-build logs 42 glibc --follow",
    description: "Look on while it builds"
  }])
)
