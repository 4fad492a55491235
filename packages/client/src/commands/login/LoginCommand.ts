/** `orch login` and `orch logout`: remember a server and who one is there, and forget it. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Prompt from "effect/cli/Prompt"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import * as ProfileFile from "../ProfileFile.ts"

const usage = (message: string) => new CommandFailed({ exitCode: 2, message })

const file = Effect.suspend(() => {
  const path = ProfileFile.path(process.env)
  if (path === undefined) return Effect.fail(usage("There is no home directory to remember anything in: set HOME."))
  const known = ProfileFile.read(path)
  return Result.isFailure(known)
    ? Effect.fail(usage(`${path}: ${known.failure}`))
    : Effect.succeed({ path, known: known.success })
})

const change = (path: string, what: Parameters<typeof ProfileFile.change>[1]) =>
  Effect.try({
    try: () => ProfileFile.change(path, what),
    catch: (error) => new CommandFailed({ exitCode: 1, message: `${path}: ${(error as Error).message}` })
  })

/** The name under which to remember: as it was said, else that of the default. */
const nameOf = (said: Option.Option<string>, known: ProfileFile.Profiles) =>
  Effect.suspend(() => {
    const name = Option.getOrElse(said, () => known.default ?? "default")
    return ProfileFile.isName(name)
      ? Effect.succeed(name)
      : Effect.fail(usage(`--profile: "${name}" is no name; take letters, digits, and . _ - between them`))
  })

/** Typed where nobody sees it, or a line of standard input. */
const askToken = Effect.suspend(() =>
  process.stdin.isTTY
    ? Prompt.run(Prompt.Password({ message: "Token" })).pipe(
      Effect.map(Redacted.value),
      Effect.mapError(() => usage("No token was given."))
    )
    : Effect.try({
      try: () => readFileSync(0, "utf8"),
      catch: () => usage("--token is not given, and standard input cannot be read")
    })
).pipe(Effect.map((token) => token.trim()))

/** `orch login` */
export const login = Command.make(
  "login",
  {
    ...Connection.flags,
    user: Flag.String("user").pipe(
      Flag.withDescription("name:password to remember instead of a token"),
      Flag.optional
    )
  },
  Effect.fn("LoginCommand.login")(function*({ json, profile, token, url, user }) {
    const { known, path } = yield* file
    const name = yield* nameOf(profile, known)
    const remembered = Object.hasOwn(known.profiles, name) ? known.profiles[name] : undefined
    const place = Option.orElse(url, () => Option.fromUndefinedOr(remembered?.url))
    const given = yield* Effect.fromResult(
      Connection.resolve({ profile: Option.none(), url: place, token: Option.none(), user }, {
        default: undefined,
        profiles: {}
      })
    )
    const secret = Option.isSome(user) ? "" : Option.isSome(token) ? token.value.trim() : yield* askToken
    if (Option.isNone(user) && secret === "") return yield* usage("The token is empty.")
    const as = { ...given, token: Option.isSome(user) ? Option.none() : Option.some(secret), user }
    const caller = yield* Connection.run(
      { ...as, profile: Option.none(), url: Option.some(given.url) },
      (client) => client.operations.caller({ headers: {} })
    )
    yield* change(path, {
      ...(known.default === undefined ? { default: name } : {}),
      profiles: {
        [name]: { url: given.url, ...(Option.isSome(user) ? { user: user.value } : { token: secret }) }
      }
    })
    yield* Console.log(
      json
        ? JSON.stringify({ profile: name, url: given.url, ...caller })
        : caller.authentication === "none"
        ? `${given.url} asks nobody who they are. It is remembered as profile ${name} in ${path}.`
        : `You are ${caller.name} at ${given.url}${
          caller.groups.length === 0 ? "" : `, in ${caller.groups.join(", ")}`
        }. That is remembered as profile ${name} in ${path}.`
    )
  })
).pipe(
  Command.withDescription("Remember a server and a login: asks for a token, or reads it from standard input"),
  Command.withExamples([
    { command: "orch login --url https://orch.example.org", description: "Asks for the token" },
    {
      command: "orch login --profile staging --url https://staging.example.org < token",
      description: "A second server, used with --profile staging or ORCH_PROFILE=staging"
    }
  ])
)

/** `orch logout` */
export const logout = Command.make(
  "logout",
  { profile: Connection.flags.profile, json: Connection.flags.json },
  Effect.fn("LoginCommand.logout")(function*({ json, profile }) {
    const { known, path } = yield* file
    const name = yield* nameOf(profile, known)
    if (!Object.hasOwn(known.profiles, name)) {
      return yield* new CommandFailed({ exitCode: 1, message: `There is no profile ${name} in ${path}.` })
    }
    yield* change(path, { profiles: { [name]: undefined } })
    yield* Console.log(json ? JSON.stringify({ forgotten: name }) : `Profile ${name} is forgotten.`)
  })
).pipe(Command.withDescription("Forget a server and the login there"))

const list = Command.make(
  "list",
  { json: Connection.flags.json },
  Effect.fn("LoginCommand.list")(function*({ json }) {
    const { known, path } = yield* file
    const profiles = Object.entries(known.profiles)
      .map(([name, { token, url, user }]) => ({
        name,
        url,
        login: token !== undefined ? "token" : user !== undefined ? "user" : null,
        default: name === known.default
      }))
    yield* Console.log(
      json ? JSON.stringify(profiles, null, 2) : profiles.length === 0
        ? `There are no profiles in ${path}; orch login makes one.`
        : profiles.map((one) => `${one.default ? "*" : " "} ${one.name}  ${one.url}`).join("\n")
    )
  })
).pipe(Command.withDescription("List what orch login has remembered, the default with a star; tokens are not shown"))

const use = Command.make(
  "use",
  { name: Argument.String("name").pipe(Argument.withDescription("Name of the profile")) },
  Effect.fn("LoginCommand.use")(function*({ name }) {
    const { known, path } = yield* file
    if (!Object.hasOwn(known.profiles, name)) {
      return yield* new CommandFailed({ exitCode: 1, message: `There is no profile ${name} in ${path}.` })
    }
    yield* change(path, { default: name })
    yield* Console.log(`${name} is used where no profile is named.`)
  })
).pipe(Command.withDescription("Use this profile where none is named"))

/** `orch profile` */
export const profile = Command.make("profile").pipe(
  Command.withDescription("Servers and logins that are remembered"),
  Command.withSubcommands([list, use])
)
