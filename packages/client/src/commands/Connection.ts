/** What every command that talks to a server takes: where it is, as whom to ask, and in which form to answer. */
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { OrchClient } from "../OrchClient.ts"
import * as RequestFailures from "../RequestFailures.ts"
import { CommandFailed, explain } from "./CommandFailed.ts"
import * as ProfileFile from "./ProfileFile.ts"

/** Where a server is expected that nothing says anything about. */
export const standardUrl = "http://127.0.0.1:8080"

/**
 * The flags `--profile`, `--url`, `--token`, `--user` and `--json`, and the variables of the environment that stand in for the
 * first four.
 */
export const flags = {
  profile: Flag.String("profile").pipe(
    Flag.withDescription("Server and login that orch login has remembered (ORCH_PROFILE)"),
    Flag.withFallbackConfig(Config.String("ORCH_PROFILE")),
    Flag.optional
  ),
  url: Flag.String("url").pipe(
    Flag.withDescription(`Where the server is (ORCH_URL; that of the profile; ${standardUrl})`),
    Flag.withFallbackConfig(Config.String("ORCH_URL")),
    Flag.optional
  ),
  token: Flag.String("token").pipe(
    Flag.withDescription("Token to send (better in ORCH_TOKEN: arguments can be seen by others)"),
    Flag.withFallbackConfig(Config.String("ORCH_TOKEN")),
    Flag.optional
  ),
  user: Flag.String("user").pipe(
    Flag.withDescription("name:password to send where a token is not taken (better in ORCH_USER)"),
    Flag.withFallbackConfig(Config.String("ORCH_USER")),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(Flag.withDescription("Answer in JSON"), Flag.withDefault(false))
}

/** What was said of the server on the command line and in the environment. */
export interface Said {
  readonly profile: Option.Option<string>
  readonly url: Option.Option<string>
  readonly token: Option.Option<string>
  readonly user: Option.Option<string>
}

/** What that comes to, with what is remembered. */
export interface Given {
  readonly url: string
  readonly token: Option.Option<string>
  readonly user: Option.Option<string>
}

const usage = (message: string) => new CommandFailed({ exitCode: 2, message })

/** The URL as it is compared and sent, without a slash at its end. */
const plainUrl = (url: string): string | undefined => {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return undefined
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`
}

/**
 * The server and the login to use. What is said goes before what is remembered, and a login that is remembered is sent to no
 * other server than the one it is of. Fails with words for a wrong command line.
 */
export const resolve = (said: Said, known: ProfileFile.Profiles): Result.Result<Given, CommandFailed> => {
  const named = Option.getOrUndefined(said.profile)
  const chosen = named ?? known.default
  const profile = chosen !== undefined && Object.hasOwn(known.profiles, chosen) ? known.profiles[chosen] : undefined
  if (named !== undefined && profile === undefined) {
    const names = Object.keys(known.profiles)
    return Result.fail(usage(
      `--profile: there is no profile ${named}${names.length === 0 ? "" : `, only ${names.join(", ")}`}; `
        + `make it with orch login --profile ${named} --url URL`
    ))
  }
  const written = Option.getOrElse(said.url, () => profile?.url ?? standardUrl)
  const url = plainUrl(written)
  if (url === undefined) {
    return Result.fail(usage(`--url: "${written}" is no address of a server, such as ${standardUrl}`))
  }
  const login = [...(profile === undefined ? [] : [profile]), ...Object.values(known.profiles)]
    .find((one) => plainUrl(one.url) === url)
  if (Option.isSome(said.token) || Option.isSome(said.user)) {
    return Result.succeed({ url, token: said.token, user: said.user })
  }
  return Result.succeed({
    url,
    token: Option.fromUndefinedOr(login?.token),
    user: Option.fromUndefinedOr(login?.user)
  })
}

/** A variable that is set to nothing says nothing. */
const withoutEmpty = ({ profile, token, url, user }: Said): Said => ({
  profile: Option.filter(profile, isSaid),
  url: Option.filter(url, isSaid),
  token: Option.filter(token, isSaid),
  user: Option.filter(user, isSaid)
})

const isSaid = (text: string): boolean => text !== ""

/** The same with the file of this user. Fails with `CommandFailed` (2) where the file cannot be understood. */
export const find = Effect.fnUntraced(function*(all: Said): Effect.fn.Return<Given, CommandFailed> {
  const said = withoutEmpty(all)
  const file = ProfileFile.path(process.env)
  const known = ProfileFile.read(file)
  if (Result.isFailure(known)) return yield* usage(`${file}: ${known.failure}`)
  const given = yield* Effect.fromResult(resolve(said, known.success))
  const isRemembered = Option.isNone(said.token) && Option.isNone(said.user)
    && (Option.isSome(given.token) || Option.isSome(given.user))
  if (isRemembered && file !== undefined && ProfileFile.isExposed(file)) {
    yield* Console.error(`orch: others can read the logins in ${file}; chmod 600 it`)
  }
  return given
})

/** Whatever went wrong with this server, in words, with the exit code that it means. */
export const failed = (error: unknown, given: Given): Effect.Effect<never, CommandFailed> => {
  if (error instanceof CommandFailed) return Effect.fail(error)
  const isKnown = Option.isSome(given.token) || Option.isSome(given.user)
  return Effect.flatMap(
    RequestFailures.describe(error),
    (failure) => Effect.fail(explain(failure, given.url, isKnown))
  )
}

/** Runs with a client; whatever goes wrong is told in words and ends the command with its exit code. */
export const run = <A, E, R>(
  said: Said,
  call: (client: OrchClient["Service"], given: Given) => Effect.Effect<A, E, R>
): Effect.Effect<A, CommandFailed, Exclude<R, OrchClient>> =>
  Effect.flatMap(find(said), (given) =>
    Effect.flatMap(OrchClient, (client) => call(client, given)).pipe(
      Effect.provide(OrchClient.layer({
        url: given.url,
        token: Option.getOrUndefined(given.token),
        basic: Option.getOrUndefined(given.user)
      })),
      Effect.catch((error) => failed(error, given))
    ))
