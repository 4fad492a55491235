/** `orch distro …`: distributions, which are called products today, and the builds in them. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as AlbsClient from "../../AlbsClient.ts"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"

const name = Argument.String("name").pipe(Argument.withDescription("Name of the distribution"))
const build = Argument.Int("build").pipe(Argument.withDescription("Number of the package build"))

/** The interface's own errors say what is wrong in one text, or in one for each field. */
const words = (error: unknown): string | undefined => {
  if (typeof error !== "object" || error === null || !("detail" in error)) return undefined
  const { detail } = error
  if (typeof detail === "string") return detail
  return Array.isArray(detail)
    ? detail.map((one: { readonly loc?: ReadonlyArray<unknown>; readonly msg?: unknown }) =>
      `${(one.loc ?? []).join(".")}: ${String(one.msg)}`
    ).join("\n")
    : undefined
}

/** Runs with a client of the interface; what goes wrong is told in words. */
const run = <A, E, R>(
  said: Connection.Said,
  call: (client: AlbsClient.AlbsClient["Service"]) => Effect.Effect<A, E, R>
) =>
  Effect.flatMap(Connection.find(said), (given) =>
    AlbsClient.use(
      {
        url: given.url,
        token: Option.getOrUndefined(given.token),
        basic: Option.getOrUndefined(given.user)
      },
      call
    ).pipe(
      Effect.catch((error) => {
        const message = words(error)
        return message === undefined
          ? Connection.failed(error, given)
          : Effect.fail(new CommandFailed({ exitCode: 1, message }))
      })
    ))

const list = Command.make(
  "list",
  { ...Connection.flags },
  ({ json, ...said }) =>
    run(
      said,
      (client) =>
        Effect.flatMap(client.albsDistributions.list(), (all) =>
          print(json, all, () =>
            all.length === 0
              ? "There are no distributions."
              : Table.format(["ID", "NAME"], all.map((one) => [`${one.id}`, one.name]))))
    )
).pipe(Command.withDescription("List distributions"))

const create = Command.make(
  "create",
  {
    ...Connection.flags,
    name,
    platform: Flag.String("platform").pipe(
      Flag.withDescription("Platform that it is for; may be given several times"),
      Flag.atLeast(1)
    )
  },
  ({ json, name, platform, ...said }) =>
    run(said, (client) =>
      Effect.flatMap(
        client.albsDistributions.create({ payload: { name, platforms: platform } }),
        (made) => print(json, made, () => `distribution ${made.id} is ${made.name}`)
      ))
).pipe(Command.withDescription("Make a distribution, with repositories of its own"))

const add = Command.make(
  "add",
  { ...Connection.flags, name, build },
  ({ build, json, name, ...said }) =>
    run(said, (client) =>
      Effect.flatMap(
        client.albsDistributions.addBuild({ params: { build_id: `${build}`, name } }),
        (done) => print(json, done, () => `the packages of build ${build} are added to ${name}`)
      ))
).pipe(Command.withDescription("Add the packages of a build to a distribution"))

const remove = Command.make(
  "remove",
  { ...Connection.flags, name, build },
  ({ build, json, name, ...said }) =>
    run(said, (client) =>
      Effect.flatMap(
        client.albsDistributions.removeBuild({ params: { build_id: `${build}`, name } }),
        (done) => print(json, done, () => `the packages of build ${build} are removed from ${name}`)
      ))
).pipe(Command.withDescription("Remove the packages of a build from a distribution"))

/** `orch distro …`: list, create, add and remove. */
export const command = Command.make("distro").pipe(
  Command.withDescription("Distributions, and the builds in them"),
  Command.withSubcommands([list, create, add, remove])
)
