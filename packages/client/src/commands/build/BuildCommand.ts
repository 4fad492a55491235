/** `orch build …`: submit, look at and steer package builds. */
import type { PackageBuildSummary } from "@orch/api/orch/PackageBuildsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OrchClient } from "../../OrchClient.ts"
import * as ActionsCommand from "../ActionsCommand.ts"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import * as ForecastCommand from "../ForecastCommand.ts"
import { given } from "../GivenOptions.ts"
import * as Table from "../Table.ts"
import * as BuildLogs from "./BuildLogs.ts"
import * as BuildText from "./BuildText.ts"
import * as BuildWatching from "./BuildWatching.ts"

type Client = OrchClient["Service"]

const id = Argument.Int("id").pipe(Argument.withDescription("Number of the package build"))
const watch = Flag.Boolean("watch").pipe(
  Flag.withDescription("Stay until it has ended; 0 only if everything was built"),
  Flag.withDefault(false)
)

/** `el9:x86_64,aarch64`: a platform and its architectures. */
const platformOf = (text: string): { readonly name: string; readonly arches: ReadonlyArray<string> } => {
  const colon = text.indexOf(":")
  return colon < 0
    ? { name: text, arches: ["x86_64"] }
    : { name: text.slice(0, colon), arches: text.slice(colon + 1).split(",").filter((arch) => arch !== "") }
}

/** `https://…/chan.git#c8`, or the address of a source package. */
const refOf = (text: string) => {
  if (text.endsWith(".src.rpm")) return { url: text, type: "srpm_url" as const }
  const hash = text.indexOf("#")
  return hash < 0
    ? { url: text, type: "git_branch" as const }
    : { url: text.slice(0, hash), ref: text.slice(hash + 1), type: "git_ref" as const }
}

const submit = Command.make(
  "submit",
  {
    ...Connection.flags,
    sources: Argument.String("source").pipe(
      Argument.withDescription("What to build, in order: REPOSITORY#BRANCH, or the URL of a source package"),
      Argument.atLeast(1)
    ),
    platform: Flag.String("platform").pipe(
      Flag.withDescription("Platform and architectures, as el9:x86_64,aarch64; once for each platform"),
      Flag.atLeast(1)
    ),
    linked: Flag.Int("linked").pipe(
      Flag.withDescription("Number of a build whose packages this one builds with"),
      Flag.atLeast(0)
    ),
    independent: Flag.Boolean("independent").pipe(
      Flag.withDescription("Packages do not wait for those before them"),
      Flag.withDefault(false)
    ),
    watch
  },
  ({ independent, json, linked, platform, sources, watch, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const build = yield* client.packageBuilds.submit({
          payload: {
            platforms: platform.map(platformOf),
            refs: sources.map(refOf),
            linked_builds: linked,
            independent
          }
        })
        if (!json || !watch) yield* print(json, build, () => BuildText.line(build))
        if (watch) yield* BuildWatching.watch(client, build.id, json)
      }))
).pipe(
  Command.withDescription("Have packages built"),
  Command.withExamples([{
    command: "orch build submit https://git.example.org/rpms/chan.git#c8 --platform el8:x86_64,i686 --watch",
    description: "One package for two architectures"
  }])
)

const list = Command.make("list", {
  ...Connection.flags,
  owner: Flag.String("owner").pipe(Flag.withDescription("Only builds of this owner"), Flag.optional),
  project: Flag.String("project").pipe(Flag.withDescription("Only builds with this in a source's URL"), Flag.optional),
  running: Flag.Boolean("running").pipe(Flag.withDescription("Only builds that run"), Flag.withDefault(false)),
  limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(20))
}, ({ json, limit, owner, project, running, ...said }) =>
  Connection.run(said, (client) =>
    Effect.gen(function*() {
      const page = yield* client.packageBuilds.list({
        query: {
          limit: `${limit}`,
          ...given({ owner, project }),
          ...(running ? { running: "true" as const } : {})
        }
      })
      yield* print(json, page, () =>
        page.total === 0 ? "There are no such package builds." : Table.format(
          ["ID", "STATE", "TASKS", "OWNER", "CREATED", "PACKAGES"],
          page.items.map((one) => [
            `${one.id}`,
            one.state,
            BuildText.counts(one),
            one.owner,
            one.created_at,
            one.packages.join(" ")
          ])
        ))
    }))).pipe(
    Command.withDescription("List package builds, newest first"),
    Command.withExamples([{ command: "orch build list --owner alice --running", description: "What alice waits for" }])
  )

const show = Command.make(
  "show",
  { ...Connection.flags, id },
  ({ id, json, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.packageBuilds.get({ params: { id: `${id}` } }),
        (build) => print(json, build, () => BuildText.detail(build))
      ))
).pipe(
  Command.withDescription("Show everything known of a package build"),
  Command.withExamples([{ command: "orch build show 7", description: "Its tasks, and where its packages are" }])
)

const watching = Command.make(
  "watch",
  { ...Connection.flags, id },
  ({ id, json, ...said }) => Connection.run(said, (client) => BuildWatching.watch(client, id, json))
).pipe(
  Command.withDescription("Follow a package build until it has ended; exit code 0 only if everything was built"),
  Command.withExamples([{ command: "orch build watch 7 && echo built", description: "One line for each change" }])
)

const explain = Command.make(
  "explain",
  { ...Connection.flags, id },
  ({ id, json, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.packageBuilds.explain({ params: { id: `${id}` } }),
        (why) => print(json, why, () => BuildText.explanation(why))
      ))
).pipe(
  Command.withDescription("Say what a package build waits for: which task, for which node, at which place, until when"),
  Command.withExamples([{ command: "orch build explain 7", description: "Why nothing seems to happen" }])
)

const change = <E>(
  said: Connection.Said & { readonly json: boolean },
  call: (client: Client) => Effect.Effect<PackageBuildSummary, E>
) =>
  Connection.run(
    said,
    (client) => Effect.flatMap(call(client), (build) => print(said.json, build, () => BuildText.line(build)))
  )

const restart = Command.make("restart", {
  ...Connection.flags,
  id,
  task: Flag.String("task").pipe(
    Flag.withDescription("Only this task and what it kept from beginning, as el8/x86_64/0"),
    Flag.optional
  ),
  parallel: Flag.Boolean("parallel").pipe(
    Flag.withDescription("None of them waits for another package"),
    Flag.withDefault(false)
  )
}, ({ id, parallel, task, ...said }) =>
  change(said, (client) =>
    client.packageBuilds.restart({
      params: { id: `${id}` },
      payload: { parallel, ...given({ task }) }
    }))).pipe(
    Command.withDescription("Build again what failed"),
    Command.withExamples([{
      command: "orch build restart 7 --task el8/src/0",
      description: "One task; without --task all that failed"
    }])
  )

const cancel = Command.make(
  "cancel",
  { ...Connection.flags, id },
  ({ id, ...said }) => change(said, (client) => client.packageBuilds.cancel({ params: { id: `${id}` } }))
).pipe(
  Command.withDescription("Cancel a package build, what nodes have of it as well"),
  Command.withExamples([{ command: "orch build cancel 7", description: "What nodes report of it later is refused" }])
)

const prioritize = Command.make(
  "prioritize",
  {
    ...Connection.flags,
    id,
    priority: Argument.Int("priority").pipe(Argument.withDescription("From -100 to 100; larger goes first"))
  },
  ({ id, priority, ...said }) =>
    change(said, (client) => client.packageBuilds.prioritize({ params: { id: `${id}` }, payload: { priority } }))
).pipe(
  Command.withDescription("Have a package build come before or after others"),
  Command.withExamples([{
    command: "orch build prioritize 7 50",
    description: "Before those with a smaller number"
  }])
)

const logs = Command.make(
  "logs",
  {
    ...Connection.flags,
    id,
    task: Argument.String("task").pipe(
      Argument.withDescription("Name of a task, as el8/x86_64/0; without it, logs of what failed"),
      Argument.optional
    )
  },
  ({ id, json: _, task, ...said }) =>
    Connection.run(said, (client, { url }) => BuildLogs.print(client, url, id, Option.getOrUndefined(task)))
).pipe(
  Command.withDescription("Print the logs of tasks"),
  Command.withExamples([{
    command: "orch build logs 7 el8/x86_64/0",
    description: "All logs of one task; without it, of what failed"
  }])
)

/** `orch build …`: submit, list, show, watch, explain, restart, cancel, prioritize and logs. */
export const command = Command.make("build").pipe(
  Command.withDescription("Submit, look at and steer package builds"),
  Command.withSubcommands([
    submit,
    list,
    show,
    watching,
    explain,
    ForecastCommand.packageBuild,
    ActionsCommand.packageBuild,
    restart,
    cancel,
    prioritize,
    logs
  ])
)
