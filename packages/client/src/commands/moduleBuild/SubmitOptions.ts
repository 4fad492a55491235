/**
 * The options of a submission that the Module Build Service's API knows, and how they are sent: to that face of the server,
 * since it is where they are defined.
 */
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import { CommandFailed } from "../CommandFailed.ts"
import type { Given as Connection } from "../Connection.ts"
import * as StreamPairs from "../StreamPairs.ts"

/** The flags of `orch module-build submit` that only the Module Build Service's API knows. */
export const flags = {
  branch: Flag.String("branch").pipe(
    Flag.withDescription("Branch that the commit is on; it names the stream"),
    Flag.optional
  ),
  yaml: Flag.String("yaml").pipe(Flag.withDescription("Build this modulemd file instead of a commit"), Flag.optional),
  rebuildStrategy: Flag.String("rebuild-strategy").pipe(
    Flag.withDescription("What may be taken from earlier builds: all, changed-and-after, only-changed, content"),
    Flag.optional
  ),
  reuseFrom: Flag.String("reuse-from").pipe(
    Flag.withDescription("Id or name:stream:version:context of the build to take components from"),
    Flag.optional
  ),
  sideTag: Flag.String("side-tag").pipe(
    Flag.withDescription("Side tag whose base modules are built against"),
    Flag.optional
  ),
  buildrequire: Flag.String("buildrequire").pipe(
    Flag.withDescription("name:stream to build against instead of what the modulemd says; may be repeated"),
    Flag.atLeast(0)
  ),
  require: Flag.String("require").pipe(
    Flag.withDescription("name:stream to require instead of what the modulemd says; may be repeated"),
    Flag.atLeast(0)
  )
}

/** What those flags, and the ones every submission has, came to. */
export interface Options {
  readonly scmurl: Option.Option<string>
  readonly owner: Option.Option<string>
  readonly scratch: boolean
  readonly branch: Option.Option<string>
  readonly yaml: Option.Option<string>
  readonly rebuildStrategy: Option.Option<string>
  readonly reuseFrom: Option.Option<string>
  readonly sideTag: Option.Option<string>
  readonly buildrequire: ReadonlyArray<string>
  readonly require: ReadonlyArray<string>
}

/** Whether the submission needs more than a URL and an owner. */
export const areGiven = (options: Options): boolean =>
  [options.branch, options.yaml, options.rebuildStrategy, options.reuseFrom, options.sideTag].some(Option.isSome)
  || options.buildrequire.length > 0 || options.require.length > 0

const usage = (message: string) => new CommandFailed({ exitCode: 2, message })

const text = (file: string) =>
  Effect.try({
    try: () => Fs.readFileSync(file === "-" ? 0 : file, "utf8"),
    catch: (cause) => usage(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  })

/** Ids are numbers in the API, and text there is the full name of a build. */
const buildOf = (text: string): string | number => /^\d{1,15}$/.test(text) ? Number(text) : text

/**
 * The JSON object to post. Fails with `CommandFailed` (exit code 2) where neither URL nor file is given, a file cannot
 * be read, or a pair is no `name:stream`.
 */
export const body = Effect.fnUntraced(function*(
  options: Options
): Effect.fn.Return<Readonly<Record<string, unknown>>, CommandFailed> {
  const given = <A>(key: string, value: Option.Option<A>) => Option.isSome(value) ? { [key]: value.value } : {}
  const buildrequires = yield* StreamPairs.read(options.buildrequire)
  const requires = yield* StreamPairs.read(options.require)
  const source = Option.isSome(options.yaml)
    ? { modulemd: yield* text(options.yaml.value) }
    : Option.isSome(options.scmurl)
    ? { scmurl: options.scmurl.value, ...given("branch", options.branch) }
    : yield* usage("Say what to build: a URL, or a modulemd file with --yaml")
  return {
    ...source,
    ...(options.scratch ? { scratch: true } : {}),
    ...given("owner", options.owner),
    ...given("rebuild_strategy", options.rebuildStrategy),
    ...given("reuse_components_from", Option.map(options.reuseFrom, buildOf)),
    ...given("side_tag", options.sideTag),
    ...(options.buildrequire.length === 0 ? {} : { buildrequire_overrides: buildrequires }),
    ...(options.require.length === 0 ? {} : { require_overrides: requires })
  }
})

const Submitted = Schema.Array(
  Schema.Struct({ id: Schema.Number, state_name: Schema.String, state_reason: Schema.NullOr(Schema.String) })
)
const Refused = Schema.Struct({ status: Schema.Number, message: Schema.String })

/** Submits, and answers the builds that came of it. */
export const submit = Effect.fnUntraced(function*(connection: Connection, options: Options) {
  const request = HttpClientRequest.post(new URL("/module-build-service/2/module-builds/", connection.url)).pipe(
    HttpClientRequest.bodyJsonUnsafe(yield* body(options)),
    (plain) => Option.isSome(connection.token) ? HttpClientRequest.bearerToken(plain, connection.token.value) : plain
  )
  const response = yield* HttpClient.execute(request)
  const answer = yield* response.json
  if (response.status !== 201) return yield* Effect.fail(yield* Schema.decodeUnknownEffect(Refused)(answer))
  const builds = yield* Schema.decodeUnknownEffect(Submitted)(answer)
  return builds.map(({ id, state_name, state_reason }) => ({ id, state: state_name, state_reason: state_reason ?? "" }))
}, Effect.provide(FetchHttpClient.layer))
