/** `orch repo …`: which commit is built for which distributions, and where; recording and releasing repositories. */
import type { Repository, RepositoryPost } from "@orch/api/shaman/RepositoriesApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import { given, optional } from "../GivenOptions.ts"
import * as Table from "../Table.ts"

const table = (items: ReadonlyArray<Repository>): string =>
  Table.format(
    ["PROJECT", "REF", "SHA1", "DISTRO", "FLAVOR", "ARCHS", "STATUS", "URL"],
    items.map((one) => [
      one.project,
      one.ref,
      one.sha1.slice(0, 12),
      `${one.distro}/${one.distro_codename ?? one.distro_version ?? ""}`,
      one.flavor,
      one.archs.join(","),
      one.status,
      one.url === "" ? one.chacra_url : one.url
    ])
  )

const search = Command.make(
  "search",
  {
    ...Connection.flags,
    project: optional("project", "Only of this project"),
    ref: optional("ref", "Only of this branch or tag"),
    sha1: optional("sha1", "Only of this commit"),
    flavor: optional("flavor", "Only of this flavor"),
    status: Flag.String("status").pipe(
      Flag.withDescription("Only of this status, such as building; any for all"),
      Flag.withDefault("ready")
    ),
    distros: optional("distros", "Any of these: centos/9,ubuntu/22.04/x86_64 (codenames too)"),
    arch: optional("arch", "Only with this architecture"),
    commonSha1: Flag.Boolean("common-sha1").pipe(
      Flag.withDescription(
        "Only the newest commit that is built for all the distros; one repository each, in that order"
      ),
      Flag.withDefault(false)
    ),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 1000"), Flag.withDefault(100)),
    before: optional("before", "Go on where the page before ended")
  },
  ({ before, commonSha1, json, limit, profile, status, token, url, user, ...filters }) =>
    Connection.run({ profile, token, url, user }, (client) =>
      Effect.gen(function*() {
        const answer = yield* client.repositories.search({
          query: {
            ...given({ ...filters, before }),
            status,
            limit: String(limit),
            ...(commonSha1 ? { common_sha1: "true" as const } : {})
          }
        })
        if (json) yield* Console.log(JSON.stringify(answer, null, 2))
        else if (answer.items.length > 0) {
          yield* Console.log(table(answer.items))
          if (answer.next !== null) yield* Console.log(`There are more: --before ${answer.next}`)
        }
        if (answer.items.length > 0) return
        const message = commonSha1
          ? "No commit is built for all of them."
          : status === "ready"
          ? "No repository that is ready matches; --status any finds others."
          : "No repository matches."
        return yield* new CommandFailed({ exitCode: 1, message })
      }))
).pipe(
  Command.withDescription("Find repositories that are built; exits 1 when there are none"),
  Command.withExamples([
    {
      command: "orch repo search --project ceph --ref main --distros centos/9,ubuntu/22.04 --arch x86_64 --common-sha1",
      description: "The newest commit that is built for both"
    },
    {
      command: "orch repo search --project ceph --sha1 45107e21 --status any --json",
      description: "Whatever its status, for scripts"
    }
  ])
)

const list = (value: Option.Option<string>): ReadonlyArray<string> | undefined =>
  Option.isSome(value) ? value.value.split(",").map((part) => part.trim()).filter((part) => part !== "") : undefined

const parseExtra = (value: Option.Option<string>): Effect.Effect<RepositoryPost["extra"], CommandFailed> =>
  Effect.try({
    try: () => Option.isSome(value) ? JSON.parse(value.value) as RepositoryPost["extra"] : undefined,
    catch: (error) => new CommandFailed({ exitCode: 2, message: `--extra is not JSON: ${(error as Error).message}` })
  })

const post = Command.make("post", {
  ...Connection.flags,
  project: Argument.String("project").pipe(Argument.withDescription("Project, made when it is new")),
  chacraUrl: Argument.String("address").pipe(
    Argument.withDescription("Address that names the repository, ending in /")
  ),
  status: Flag.String("status").pipe(
    Flag.withDescription("requested, queued, building, ready; deleted removes the record"),
    Flag.withDefault("ready")
  ),
  files: optional("files", "Address of the repository's files"),
  ref: optional("ref", "Branch or tag (first post)"),
  sha1: optional("sha1", "Commit (first post)"),
  flavor: optional("flavor", "Flavor (first post)"),
  distro: optional("distro", "Distribution (first post)"),
  distroVersion: optional("distro-version", "Its release, as codename or number (first post)"),
  archs: optional("archs", "Architectures to add, separated by commas"),
  removeArchs: optional("remove-archs", "Architectures to take away, separated by commas"),
  extra: optional("extra", "JSON to keep with it, such as {\"version\":\"19.3.0\"}")
}, (options) =>
  Connection.run(options, (client) =>
    Effect.gen(function*() {
      const extra = yield* parseExtra(options.extra)
      const archs = list(options.archs)
      const removed = list(options.removeArchs)
      const payload: RepositoryPost = {
        chacra_url: options.chacraUrl,
        status: options.status,
        ...given({
          url: options.files,
          ref: options.ref,
          sha1: options.sha1,
          flavor: options.flavor,
          distro: options.distro,
          distro_version: options.distroVersion
        }),
        ...(archs === undefined ? {} : { archs }),
        ...(removed === undefined ? {} : { archs_removed: removed }),
        ...(extra === undefined ? {} : { extra })
      }
      const { outcome } = yield* client.repositories.post({
        params: { project: options.project },
        headers: {},
        payload
      })
      yield* Console.log(options.json ? JSON.stringify({ outcome }) : `${outcome}: ${options.chacraUrl}`)
    }))).pipe(
    Command.withDescription("Record a repository, or change what is recorded of it"),
    Command.withExamples([
      {
        command: "orch repo post ceph https://chacra.example/repos/1/ --ref main --sha1 45107e21 --flavor default "
          + "--distro centos --distro-version 9 --archs x86_64 --files https://chacra.example/r/1/",
        description: "A first post"
      },
      {
        command: "orch repo post ceph https://chacra.example/repos/1/ --status building",
        description: "Its status only"
      }
    ])
  )

const promote = Command.make("promote", {
  ...Connection.flags,
  chacraUrl: Argument.String("address").pipe(Argument.withDescription("Address that names the repository")),
  release: optional("release", "Name of the release; without it the mark is taken away")
}, ({ chacraUrl, json, release, ...connection }) =>
  Connection.run(connection, (client) =>
    Effect.andThen(
      client.repositories.promote({
        headers: {},
        payload: { chacra_url: chacraUrl, release: Option.getOrNull(release) }
      }),
      Console.log(
        json
          ? JSON.stringify({ chacra_url: chacraUrl, release: Option.getOrNull(release) })
          : Option.isSome(release)
          ? `${chacraUrl} belongs to ${release.value} and is kept.`
          : `${chacraUrl} belongs to no release.`
      )
    ))).pipe(
    Command.withDescription("Mark a repository as part of a release, so that it is kept for ever"),
    Command.withExamples([{
      command: "orch repo promote https://chacra.example/repos/1/ --release v20.2.0",
      description: "Keep it"
    }])
  )

/** `orch repo …`: search repositories, record them, and mark them as part of a release. */
export const command = Command.make("repo").pipe(
  Command.withDescription("Find and record repositories"),
  Command.withSubcommands([search, post, promote])
)
