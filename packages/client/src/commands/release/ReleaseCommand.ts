/** `orch release …`: plan, edit, commit and take back releases of package builds. */
import type { ReleaseEditRequest, ReleaseSummary } from "@orch/api/orch/ReleasesApi"
import { Erratum } from "@orch/core/farm/Advisory"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { readFile } from "node:fs/promises"
import type { OrchClient } from "../../OrchClient.ts"
import * as ActionsCommand from "../ActionsCommand.ts"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import { given } from "../GivenOptions.ts"
import * as ReleaseText from "./ReleaseText.ts"
import * as ReleaseWatching from "./ReleaseWatching.ts"

type Client = OrchClient["Service"]

const id = Argument.Int("id").pipe(Argument.withDescription("Number of the release"))
const watch = Flag.Boolean("watch").pipe(
  Flag.withDescription("Stay until it moves no more; 0 only if nothing stands in the way"),
  Flag.withDefault(false)
)
const why = Flag.String("why").pipe(Flag.withDescription("Why, for those who look at it later"), Flag.withDefault(""))

/** Makes a change, and follows the release afterwards where that is wanted. */
const change = <E>(
  said: Connection.Said & { readonly json: boolean; readonly watch: boolean },
  call: (client: Client) => Effect.Effect<ReleaseSummary, E>
) =>
  Connection.run(said, (client) =>
    Effect.gen(function*() {
      const release = yield* call(client)
      if (said.watch) yield* ReleaseWatching.watch(client, release.id, said.json)
      else yield* print(said.json, release, () => ReleaseText.line(release))
    }))

const plan = Command.make(
  "plan",
  {
    ...Connection.flags,
    builds: Argument.Int("build").pipe(
      Argument.withDescription("Numbers of the package builds; of a release that is planned anew, with --release"),
      Argument.atLeast(0)
    ),
    platform: Flag.String("platform").pipe(
      Flag.withDescription("Platform whose production repositories get the packages"),
      Flag.optional
    ),
    release: Flag.Int("release").pipe(
      Flag.withDescription("Number of a release that is planned anew, with these builds where some are named"),
      Flag.optional
    ),
    reference: Flag.String("reference").pipe(
      Flag.withDescription("Platform whose reference data is asked besides"),
      Flag.atLeast(0)
    ),
    watch
  },
  ({ builds, platform, reference, release, ...said }) =>
    change(said, (client) =>
      Effect.gen(function*() {
        if (Option.isSome(release)) {
          const params = { id: `${release.value}` }
          return builds.length === 0
            ? yield* client.releases.replan({ params })
            : yield* client.releases.order({ params, payload: { builds } })
        }
        if (Option.isNone(platform) || builds.length === 0) {
          return yield* new CommandFailed({
            exitCode: 2,
            message: "name the builds and their --platform, or a --release that is planned anew"
          })
        }
        return yield* client.releases.plan({ payload: { platform: platform.value, builds, references: reference } })
      }))
).pipe(
  Command.withDescription("Find out where the packages of builds go"),
  Command.withExamples([{
    command: "orch release plan 42 43 --platform AlmaLinux-9 --watch",
    description: "Two builds, to the repositories of a platform"
  }])
)

const show = Command.make(
  "show",
  {
    ...Connection.flags,
    id,
    plan: Flag.Boolean("plan").pipe(
      Flag.withDescription("Show where each package goes, and why"),
      Flag.withDefault(false)
    ),
    watch
  },
  ({ id, json, plan, watch, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const params = { id: `${id}` }
        if (watch) return yield* ReleaseWatching.watch(client, id, json)
        if (plan) {
          const view = yield* client.releases.planOf({ params })
          return yield* print(json, view, () => ReleaseText.plan(view))
        }
        const release = yield* client.releases.get({ params })
        return yield* print(json, release, () => ReleaseText.detail(release))
      }))
).pipe(Command.withDescription("Show how far a release is, and what is wrong with it"))

const explain = Command.make(
  "explain",
  { ...Connection.flags, id },
  ({ id, json, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.releases.explain({ params: { id: `${id}` } }),
        (why) => print(json, why, () => ReleaseText.explanation(why))
      ))
).pipe(Command.withDescription("Say what a release waits for"))

const list = Command.make("list", {
  ...Connection.flags,
  platform: Flag.String("platform").pipe(Flag.withDescription("Only releases to this platform"), Flag.optional),
  packageName: Flag.String("package").pipe(Flag.withDescription("Only releases that bring it"), Flag.optional),
  limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(20))
}, ({ json, limit, packageName, platform, ...said }) =>
  Connection.run(said, (client) =>
    Effect.gen(function*() {
      const page = yield* client.releases.list({
        query: {
          limit: `${limit}`,
          ...given({ platform, package: packageName })
        }
      })
      yield* print(json, page, () => page.total === 0 ? "There are no such releases." : ReleaseText.list(page.items))
    }))).pipe(Command.withDescription("List releases, newest first"))

/** `bash-0:5.1-1.el9.x86_64=production/baseos/x86_64/os,…`; modules have colons where packages have none before the arch. */
const placeOf = (text: string, why: string): ReleaseEditRequest | undefined => {
  const equals = text.indexOf("=")
  if (equals < 1) return undefined
  const subject = text.slice(0, equals)
  const repositories = text.slice(equals + 1).split(",").filter((name) => name !== "")
  return subject.split(":").length > 2
    ? { place_module: subject, repositories, why }
    : { place: subject, repositories, why }
}

const subjects = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(`${description}; may be given several times`), Flag.atLeast(0))

const edit = Command.make(
  "edit",
  {
    ...Connection.flags,
    id,
    place: subjects("place", "Where a package or module goes, as NEVRA=REPOSITORY,REPOSITORY"),
    exclude: subjects("exclude", "A package or module that is left out"),
    reset: subjects("reset", "A package or module about which nothing holds any more that was said"),
    force: subjects("force", "A package or module that goes out although something stands in the way"),
    why,
    watch
  },
  ({ exclude, force, id, place, reset, why, ...said }) =>
    change(said, (client) =>
      Effect.gen(function*() {
        const placed = place.map((text) => ({ text, edit: placeOf(text, why) }))
        const wrong = placed.find(({ edit }) => edit === undefined)
        if (wrong !== undefined) {
          return yield* new CommandFailed({ exitCode: 2, message: `--place: ${wrong.text} is not NEVRA=REPOSITORY` })
        }
        const edits: ReadonlyArray<ReleaseEditRequest> = [
          ...reset.map((reset) => ({ reset, why })),
          ...placed.flatMap(({ edit }) => edit ?? []),
          ...exclude.map((exclude) => ({ exclude, why })),
          ...force.map((force) => ({ force, why }))
        ]
        if (edits.length === 0) {
          return yield* new CommandFailed({
            exitCode: 2,
            message: "say what is different: --place, --exclude, --force or --reset"
          })
        }
        return yield* client.releases.edit({ params: { id: `${id}` }, payload: { edits } })
      }))
).pipe(Command.withDescription("Change where packages of a plan go"))

const decodeErratum = Schema.decodeUnknownEffect(Schema.fromJsonString(Erratum))

const describe = Command.make(
  "describe",
  {
    ...Connection.flags,
    id,
    file: Argument.String("file").pipe(
      Argument.withDescription("JSON file with id, type, severity, title, description and references")
    )
  },
  ({ file, id, ...said }) =>
    change({ ...said, watch: false }, (client) =>
      Effect.gen(function*() {
        const text = yield* Effect.tryPromise({
          try: () => readFile(file, "utf8"),
          catch: (cause) => new CommandFailed({ exitCode: 2, message: `cannot read ${file}: ${String(cause)}` })
        })
        const erratum = yield* Effect.mapError(
          decodeErratum(text),
          ({ message }) => new CommandFailed({ exitCode: 2, message: `${file}: ${message}` })
        )
        return yield* client.releases.describe({ params: { id: `${id}` }, payload: erratum })
      }))
).pipe(Command.withDescription("Say what users of the repositories are told: an erratum, with its references"))

const commit = Command.make(
  "commit",
  { ...Connection.flags, id, watch },
  ({ id, ...said }) => change(said, (client) => client.releases.commit({ params: { id: `${id}` } }))
).pipe(Command.withDescription("Bring a release to the production repositories, whole or not at all"))

const revert = Command.make(
  "revert",
  { ...Connection.flags, id, why, watch },
  ({ id, why, ...said }) =>
    change(
      said,
      (client) => client.releases.revert({ params: { id: `${id}` }, payload: why === "" ? {} : { why } })
    )
).pipe(Command.withDescription("Take a release back: the repositories hold exactly what they held before"))

const remove = Command.make(
  "remove",
  { ...Connection.flags, id },
  ({ id, json, ...said }) =>
    Connection.run(said, (client) =>
      Effect.andThen(
        client.releases.remove({ params: { id: `${id}` } }),
        print(json, { id }, () => `release ${id} is removed`)
      ))
).pipe(Command.withDescription("Remove a release that changed nothing"))

/** `orch release …`: plan, edit, describe, commit, revert, show, explain, list and remove. */
export const command = Command.make("release").pipe(
  Command.withDescription("Bring packages of builds to production repositories, and take them back"),
  Command.withSubcommands([plan, edit, describe, commit, revert, show, explain, ActionsCommand.release, list, remove])
)
