/** Pulp as a repository host of the server: for finished modules, and for production repositories at one Pulp or several. */
import { PulpConnection, PulpRepositoryHost, PulpTransport } from "@orch/adapters-pulp"
import { type Interface as Host, RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as RepositoryHosts from "@orch/core/ports/RepositoryHosts"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as DirectoryRepositoryHost from "../localbuild/DirectoryRepositoryHost.ts"
import { ProductionHost } from "../releases/ProductionHost.ts"
import type { PulpAddress, Values as PulpSettings } from "./PulpSettings.ts"

/** What can be wrong with the settings. */
export class PulpUnusable extends Data.TaggedError("PulpUnusable")<{
  readonly message: string
  readonly advice: string
}> {}

const file = (variable: string, path: string | undefined) =>
  path === undefined
    ? Effect.succeed(undefined)
    : Effect.tryPromise({
      try: () => Fs.readFile(path, "utf8"),
      catch: (cause) =>
        new PulpUnusable({
          message: `${variable} names ${path}, which cannot be read: ${String(cause)}`,
          advice: `Mend ${variable} or the file's permissions.`
        })
    })

/** A Pulp that is away for longer is told of; commands wait for it then, and the health of the server says so. */
const patienceMillis = 5000

/** A host at one Pulp; its session is opened by the first request. */
const hostAt = Effect.fnUntraced(function*(config: PulpSettings, { url }: PulpAddress) {
  const cert = yield* file("ORCH_PULP_CERT", config.pulpCert)
  const ca = yield* file("ORCH_PULP_CA", config.pulpCa)
  const context = yield* Layer.build(PulpTransport.layer({ cert, key: cert, ca }))
  const connection = yield* PulpConnection.make({
    url,
    credentials: cert === undefined
      ? {
        _tag: "Password",
        username: config.pulpUser,
        password: config.pulpPassword ?? Redacted.make("")
      }
      : { _tag: "Certificate" },
    patienceMillis,
    ...(config.pulpDomain === undefined ? {} : { domain: config.pulpDomain })
  }).pipe(Effect.provideContext(context))
  return PulpRepositoryHost.make(connection, {
    place: PulpRepositoryHost.placeBelow(config.pulpFolder),
    ...(config.pulpSigning === undefined ? {} : { making: { metadataSigning: config.pulpSigning } })
  })
})

/** Every Pulp of the settings behind one host; names begin with `before` and the Pulp's own prefix. */
const hosts = (config: PulpSettings, before: string): Effect.Effect<Host, PulpUnusable, never> =>
  Effect.map(
    Effect.forEach(config.pulps, (one) =>
      Effect.map(hostAt(config, one), (host) => ({ prefix: one.prefix === "" ? "" : before + one.prefix, host }))),
    RepositoryHosts.combine
  ) as Effect.Effect<Host, PulpUnusable, never>

/** The first Pulp, for what finished module builds deliver. */
export const repositoryHost = (config: PulpSettings): Layer.Layer<RepositoryHost, PulpUnusable> =>
  Layer.effect(
    RepositoryHost,
    Effect.gen(function*() {
      const [first] = config.pulps
      if (first === undefined) {
        return yield* new PulpUnusable({
          message: "ORCH_REPOSITORY_HOST is pulp, and ORCH_PULP_URL names none",
          advice: "Set ORCH_PULP_URL to the Pulp's address."
        })
      }
      return yield* hostAt(config, first)
    })
  )

/** Where production repositories are: at the Pulps of the settings, or below the data directory. */
export const production = (
  config: PulpSettings & { readonly dataDir: string }
): Layer.Layer<ProductionHost, PulpUnusable> =>
  Layer.effect(
    ProductionHost,
    config.pulps.length === 0
      ? Effect.sync(() => DirectoryRepositoryHost.make({ dataDir: Path.resolve(config.dataDir) }))
      : hosts(config, "production/")
  )
