/** `orch module-build …`: submit, look at and steer module builds. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Diff from "../../BuildDiff.ts"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"
import * as Logs from "./Logs.ts"
import * as Progress from "./Progress.ts"
import * as RetireCommand from "./RetireCommand.ts"
import * as SubmitOptions from "./SubmitOptions.ts"
import * as Watching from "./Watching.ts"

const id = Argument.Int("id").pipe(Argument.withDescription("Number of the module build"))
const component = Argument.String("component").pipe(Argument.withDescription("Name of a component"))

const print = (json: boolean, value: unknown, text: () => string) =>
  Console.log(json ? JSON.stringify(value, null, 2) : text())

const line = (
  { id, state, state_reason }: { readonly id: number; readonly state: string; readonly state_reason: string }
) => `module build ${id} is in ${state}: ${state_reason}`

const submit = Command.make("submit", {
  ...Connection.flags,
  ...SubmitOptions.flags,
  scmurl: Argument.String("url").pipe(
    Argument.withDescription("Where the modulemd is: REPOSITORY[/FILE]?#COMMIT"),
    Argument.optional
  ),
  owner: Flag.String("owner").pipe(Flag.withDescription("Whose build it is"), Flag.optional),
  scratch: Flag.Boolean("scratch").pipe(Flag.withDescription("Build without releasing"), Flag.withDefault(false)),
  watch: Flag.Boolean("watch").pipe(
    Flag.withDescription("Stay until it has ended; 0 only if it is ready"),
    Flag.withDefault(false)
  )
}, ({ json, watch, ...given }) =>
  Connection.run(given, (client) =>
    Effect.gen(function*() {
      const builds = yield* client.moduleBuilds.submit({ payload: yield* SubmitOptions.toSubmission(given) })
      if (!json || !watch) yield* print(json, builds, () => builds.map(line).join("\n"))
      if (watch) { for (const build of builds) yield* Watching.watch(client, build.id, json) }
    }))).pipe(
    Command.withDescription("Submit a module for building"),
    Command.withExamples([
      {
        command: "orch module-build submit 'git://src.example.org/modules/foo.git?#f1d2d2f9' --watch",
        description: "Build a commit and stay until it has ended"
      },
      {
        command:
          "orch module-build submit 'https://src.example.org/modules/foo.git?#f1d2d2f9' --branch 1.2 --buildrequire platform:el9",
        description: "Build a commit of a branch against another platform"
      },
      {
        command: "orch module-build submit --yaml foo.yaml --scratch",
        description: "Try a modulemd file, where the server allows it"
      }
    ])
  )

const list = Command.make(
  "list",
  {
    ...Connection.flags,
    state: Flag.String("state").pipe(
      Flag.withDescription("Only builds in these states, separated by commas"),
      Flag.optional
    ),
    name: Flag.String("name").pipe(Flag.withDescription("Only builds of this module"), Flag.optional),
    stream: Flag.String("stream").pipe(Flag.withDescription("Only builds of this stream"), Flag.optional),
    owner: Flag.String("owner").pipe(Flag.withDescription("Only builds of this owner"), Flag.optional),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(20)),
    offset: Flag.Int("offset").pipe(Flag.withDescription("How many to skip"), Flag.withDefault(0))
  },
  ({ json, limit, name, offset, owner, state, stream, ...given }) =>
    Connection.run(given, (client) =>
      Effect.gen(function*() {
        const { items, total } = yield* client.moduleBuilds.list({
          query: {
            limit: `${limit}`,
            offset: `${offset}`,
            ...(Option.isSome(state) ? { state: state.value } : {}),
            ...(Option.isSome(name) ? { name: name.value } : {}),
            ...(Option.isSome(stream) ? { stream: stream.value } : {}),
            ...(Option.isSome(owner) ? { owner: owner.value } : {})
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

const show = Command.make(
  "show",
  { ...Connection.flags, id },
  ({ id, json, ...given }) =>
    Connection.run(given, (client) =>
      Effect.gen(function*() {
        const build = yield* client.moduleBuilds.get({ params: { id: `${id}` } })
        yield* print(json, build, () =>
          [
            Progress.title(build),
            `  ${build.state_reason}`,
            `  platform ${build.platform}, arches ${
              build.arches.join(" ")
            }, dist tag ${build.dist_tag}, owner ${build.owner}`,
            ...(build.scmurl === null ? [] : [`  from ${build.scmurl}`]),
            ...(build.repository === null ? [] : [`  repository ${build.repository.path ?? build.repository.url}`]),
            "",
            Table.format(
              ["BATCH", "COMPONENT", "STATE", "TASK", "REASON"],
              build.components.map((
                one
              ) => [`${one.batch}`, one.nvr ?? one.name, one.state, one.task ?? "-", one.state_reason])
            ),
            "",
            ...build.trace.map(({ at, cause, reason, state }) => `  ${at}  ${state}: ${reason} [${cause}]`)
          ].join("\n"))
      }))
).pipe(Command.withDescription("Show everything known of a module build"))

const diff = Command.make(
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
        const differences = Diff.compare(one!, two!)
        yield* print(json, differences, () => Diff.format(differences))
      }))
).pipe(
  Command.withDescription("Show what went into two module builds differently"),
  Command.withExamples([{ command: "orch module-build diff 41 42", description: "Why was it built anew?" }])
)

const watch = Command.make(
  "watch",
  { ...Connection.flags, id },
  ({ id, json, ...given }) => Connection.run(given, (client) => Watching.watch(client, id, json))
).pipe(
  Command.withDescription("Follow a module build until it has ended; exit code 0 only if it is ready"),
  Command.withExamples([{ command: "orch module-build watch 42 && echo ready", description: "Go on once it is ready" }])
)

const explain = Command.make(
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
            "",
            ...explained.components.flatMap((one) => [
              `${one.component}: ${one.state} (${one.reason})`,
              `  ${one.placement}`,
              ...(one.waits_for.length === 0 ? [] : [`  waits for ${one.waits_for.join(", ")}`]),
              ...(one.reuse === null ? [] : [`  ${one.reuse}`])
            ])
          ].join("\n"))
      }))
).pipe(Command.withDescription("Say what a module build waits for, and why each component is where it is"))

const cancel = Command.make(
  "cancel",
  { ...Connection.flags, id },
  ({ id, json, ...given }) =>
    Connection.run(
      given,
      (client) =>
        Effect.flatMap(client.moduleBuilds.cancel({ params: { id: `${id}` }, query: {} }), (build) =>
          print(json, build, () => line(build)))
    )
).pipe(
  Command.withDescription("Cancel a module build and its tasks")
)

const resume = Command.make(
  "resume",
  { ...Connection.flags, id },
  ({ id, json, ...given }) =>
    Connection.run(
      given,
      (client) =>
        Effect.flatMap(client.moduleBuilds.resume({ params: { id: `${id}` }, query: {} }), (build) =>
          print(json, build, () => line(build)))
    )
).pipe(
  Command.withDescription("Continue a failed module build where it stopped")
)

const retry = Command.make(
  "retry",
  { ...Connection.flags, id, component },
  ({ component, id, json, ...given }) =>
    Connection.run(
      given,
      (client) =>
        Effect.flatMap(client.moduleBuilds.retry({ params: { id: `${id}`, component }, query: {} }), (build) =>
          print(json, build, () => line(build)))
    )
).pipe(
  Command.withDescription("Build one failed component again"),
  Command.withExamples([{ command: "orch module-build retry 42 glibc", description: "After the builder was mended" }])
)

const prioritize = Command.make(
  "prioritize",
  {
    ...Connection.flags,
    id,
    priority: Argument.Int("priority").pipe(
      Argument.withDescription("-100 to 100; 0 is what builds begin with, -10 what scratch builds do")
    )
  },
  ({ id, json, priority, ...given }) =>
    Connection.run(
      given,
      (client) =>
        Effect.flatMap(
          client.moduleBuilds.prioritize({ params: { id: `${id}` }, query: {}, payload: { priority } }),
          (build) => print(json, build, () => line(build))
        )
    )
).pipe(
  Command.withDescription("Have a module build come before others, or after them, where components wait for the farm"),
  Command.withExamples([{ command: "orch module-build prioritize 42 50", description: "A fix that cannot wait" }])
)

const logs = Command.make(
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
      (client) =>
        Logs.print(client, { url: given.url, token: Option.getOrUndefined(given.token) }, id, component, follow)
    )
).pipe(
  Command.withDescription("Print the log of a component's build"),
  Command.withExamples([{
    command: "orch module-build logs 42 glibc --follow",
    description: "Look on while it builds"
  }])
)

/**
 * `orch module-build …`: submit, list, show, explain, watch, cancel, resume, retry and the others, all through the
 * server.
 */
export const command = Command.make("module-build").pipe(
  Command.withDescription("Submit, look at and steer module builds"),
  Command.withSubcommands([
    submit,
    list,
    show,
    diff,
    watch,
    explain,
    cancel,
    resume,
    retry,
    prioritize,
    RetireCommand.command,
    logs
  ])
)
