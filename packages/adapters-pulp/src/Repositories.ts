/**
 * Repositories of Pulp and their versions: found, made and changed, each change as one version.
 *
 * A change that changes nothing makes no version; it is complete all the same.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"
import * as SigningServices from "./SigningServices.ts"

/** A repository as Pulp describes it; `latest_version_href` is the path of its newest version. */
export const Repository = Schema.Struct({
  pulp_href: Schema.String,
  prn: Schema.String,
  name: Schema.String,
  latest_version_href: Schema.String,
  retain_package_versions: Schema.optional(Schema.Number)
})
export type Repository = typeof Repository.Type

const fields = Object.keys(Repository.fields).join(",")

const path = "repositories/rpm/rpm/"

/** How repositories are made that are not there; those that are there stay as they are. */
export interface Making {
  /** Versions Pulp keeps; all unless told. Keep more than releases may be taken back by. */
  readonly retainVersions?: number | undefined
  readonly checksumType?: "sha256" | "sha384" | "sha512" | undefined
  readonly compressionType?: "zstd" | "gz" | "none" | undefined
  /** Name of the signing service for metadata; only the administrator of a Pulp can make one. */
  readonly metadataSigning?: string | undefined
  /** Name of the signing service for packages, and the key's `v4:` or `keyid:` fingerprint. Pulp signs what comes in. */
  readonly packageSigning?: { readonly service: string; readonly fingerprint: string } | undefined
}

/** The repository of that name; `undefined` where there is none. */
export const find = (client: PulpClient, name: string) =>
  Effect.map(client.list(Repository, path, { name, fields }), (found) => found[0])

/** Number of a version, from its path; `NaN` for any other path. */
export const numberOf = (version: string): number => Number(/\/versions\/(\d+)\/$/.exec(version)?.[1] ?? Number.NaN)

/** Path of a version, from its number. */
export const versionOf = ({ pulp_href }: Repository, number: number): string => `${pulp_href}versions/${number}/`

/** The repository of that name, made where it is not there. `refused` where a signing service is named that is not there. */
export const ensure = Effect.fnUntraced(function*(client: PulpClient, name: string, making: Making = {}) {
  const there = yield* find(client, name)
  if (there !== undefined) return there
  const { checksumType, compressionType, metadataSigning, packageSigning, retainVersions } = making
  const metadata = metadataSigning === undefined ? undefined : yield* SigningServices.find(client, metadataSigning)
  const packages = packageSigning === undefined
    ? undefined
    : yield* SigningServices.find(client, packageSigning.service)
  const json = {
    name,
    // Publishing is a step of its own: users see it when all of a release is there.
    autopublish: false,
    // Pulp knows modular packages only where it synced them, and its retention would take old streams away.
    retain_package_versions: 0,
    ...(retainVersions === undefined ? {} : { retain_repo_versions: retainVersions }),
    ...(checksumType === undefined ? {} : { checksum_type: checksumType }),
    ...(compressionType === undefined ? {} : { compression_type: compressionType }),
    ...(metadata === undefined ? {} : { metadata_signing_service: metadata }),
    ...(packages === undefined
      ? {}
      : { package_signing_service: packages, package_signing_fingerprint: packageSigning?.fingerprint ?? null })
  }
  return yield* client.send({ method: "POST", path, json }).pipe(
    Effect.flatMap(({ json }) => client.decode(Repository, `POST ${path}`, json)),
    // Another made it meanwhile, or the answer got lost.
    Effect.catchIf(
      ({ reason }) => reason === "rejected" || reason === "unreachable",
      (error) =>
        Effect.flatMap(find(client, name), (found) => found === undefined ? Effect.fail(error) : Effect.succeed(found))
    )
  )
})

/** A change of a repository's content, by the paths of units. */
export interface Modification {
  readonly add: ReadonlyArray<string>
  /** Paths of units; those not there are fine. */
  readonly remove: ReadonlyArray<string>
  /** The version whose content is the beginning; the newest unless told. Alone, it is a return to that version. */
  readonly base?: string | undefined
  /** False to fail where a package of the same NEVRA would be replaced. */
  readonly overwrite?: boolean | undefined
}

/** The version that a completed change made, or the newest of that time where it changed nothing. */
export const versionAfter = Effect.fnUntraced(
  function*(client: PulpClient, repository: Repository, task: PulpTask.PulpTask) {
    const made = PulpTask.created(task, "version").find((each) => each.startsWith(repository.pulp_href))
    if (made !== undefined) return numberOf(made)
    const versions = yield* client.get(
      Schema.Struct({ results: Schema.Array(Schema.Struct({ number: Schema.Number })) }),
      `${repository.pulp_href}versions/`,
      {
        ...(task.finished_at === null ? {} : { pulp_created__lte: task.finished_at }),
        ordering: "-number",
        limit: "1",
        fields: "number"
      }
    )
    const newest = versions.results[0]
    if (newest !== undefined) return newest.number
    const message = `the repository ${repository.name} has no version of ${task.finished_at ?? "then"}`
    return yield* new PulpError({ reason: "gone", request: `GET ${repository.pulp_href}versions/`, message })
  }
)

/** Changes the content in one version, once for a correlation id: the number of the version afterwards. */
export const modify = Effect.fnUntraced(function*(
  client: PulpClient,
  tasks: PulpTasks,
  repository: Repository,
  correlation: string,
  { add, base, overwrite, remove }: Modification
) {
  const task = yield* PulpDispatch.perform(client, tasks, {
    correlation,
    path: `${repository.pulp_href}modify/`,
    json: {
      add_content_units: add,
      remove_content_units: remove,
      ...(base === undefined ? {} : { base_version: base }),
      ...(overwrite === undefined ? {} : { overwrite })
    }
  })
  return yield* versionAfter(client, repository, task)
})

/** What a completed change of this correlation id came to; `undefined` where there was none. */
export const modified = Effect.fnUntraced(
  function*(client: PulpClient, repository: Repository, correlation: string) {
    const done = (yield* PulpDispatch.tasksOf(client, correlation)).find(({ state }) => state === "completed")
    return done === undefined ? undefined : yield* versionAfter(client, repository, done)
  }
)

/** Removes a repository with its versions and publications; one that is not there is fine. */
export const remove = (client: PulpClient, tasks: PulpTasks, repository: string) =>
  PulpDispatch.end(client, tasks, repository)

const Version = Schema.Struct({ number: Schema.Number, pulp_href: Schema.String })

/** A version; `gone` where Pulp no longer has it. */
export const getVersion = (client: PulpClient, version: string) =>
  client.get(Version, version, { fields: "number,pulp_href" })
