/**
 * Packages as units of Pulp: searched by checksum or by NEVRA in batches, and uploaded side by side where they are missing.
 *
 * The checksum comes first, so nothing is sent that Pulp has. `packages/upload/` answers at once and takes no repository, so units
 * are collected there and added by one change. Units that nobody holds are deleted by Pulp's orphan cleanup after a day.
 */
import * as Nevra from "@orch/core/Nevra"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { randomUUID } from "node:crypto"
import * as CorrelationId from "./CorrelationId.ts"
import * as FormBody from "./FormBody.ts"
import * as PackageFile from "./PackageFile.ts"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"
import * as Uploads from "./Uploads.ts"

/** A package's unit: where it is at Pulp, and which package it is. `epoch` is a number as text. */
export const Unit = Schema.Struct({
  pulp_href: Schema.String,
  name: Schema.String,
  epoch: Schema.String,
  version: Schema.String,
  release: Schema.String,
  arch: Schema.String,
  /** Checksum of the file: SHA-256 unless Pulp is set up otherwise. */
  pkgId: Schema.String
})
/** The fields of a package's unit that name it, as Pulp answers them. */
export type Unit = typeof Unit.Type

/** The fields of `Unit`, for Pulp's parameter `fields`. */
export const fields = Object.keys(Unit.fields).join(",")

/**
 * The identity of a package's unit, as the port has it: `name-epoch:version-release.arch`. An epoch that Pulp leaves
 * empty is 0.
 */
export const nevra = ({ arch, epoch, name, release, version }: Unit): string =>
  `${name}-${epoch === "" ? "0" : epoch}:${version}-${release}.${arch}`

/** Checksums, or NEVRAs, in one question: a line of a request is at most about 4,000 characters. */
const batch = 40

/** Files above this size, in bytes, are sent in chunks. */
const large = 64 * 1024 * 1024

const uploadMillis = 300_000

const packages = "content/rpm/packages/"

const batches = <A>(all: Iterable<A>): ReadonlyArray<ReadonlyArray<A>> => {
  const each = [...new Set(all)]
  return Array.from(
    { length: Math.ceil(each.length / batch) },
    (_, index) => each.slice(index * batch, (index + 1) * batch)
  )
}

const search = (client: PulpClient, questions: ReadonlyArray<Readonly<Record<string, string>>>) =>
  Effect.map(
    Effect.forEach(questions, (question) => client.list(Unit, packages, { ...question, fields }), { concurrency: 4 }),
    (found) => found.flat()
  )

/** Units by checksum of their files; what Pulp has not is left out. (Pulp has `pkgId__in`, and no `sha256__in`.) */
export const bySha256 = (client: PulpClient, sums: Iterable<string>) =>
  Effect.map(
    search(client, batches(sums).map((some) => ({ pkgId__in: some.join(",") }))),
    (found): ReadonlyMap<string, Unit> => new Map(found.map((unit) => [unit.pkgId, unit]))
  )

/** Units of these NEVRAs, in one version of a repository where one is named. One NEVRA can have several. */
export const byNevra = Effect.fnUntraced(
  function*(client: PulpClient, nevras: Iterable<string>, repositoryVersion?: string) {
    const wanted = new Set(nevras)
    const questions = batches(wanted).map((some) => {
      const parts = some.map(Nevra.parseUnsafe)
      const of = (part: (one: Nevra.Nevra) => string) => [...new Set(parts.map(part))].join(",")
      return {
        name__in: of(({ name }) => name),
        version__in: of(({ version }) => version),
        release__in: of(({ release }) => release),
        arch__in: of(({ arch }) => arch),
        ...(repositoryVersion === undefined ? {} : { repository_version: repositoryVersion })
      }
    })
    // Each question asks for the product of its parts, so some units are of nobody's NEVRA.
    return (yield* search(client, questions)).filter((unit) => wanted.has(nevra(unit)))
  }
)

/** Units of a version of a repository. */
export const ofVersion = (client: PulpClient, repositoryVersion: string) =>
  client.list(Unit, packages, { repository_version: repositoryVersion, fields })

/** A relation as Pulp has it: name, operator, epoch, version, release, and whether it is for scripts. */
const Relation = Schema.Array(Schema.Union([Schema.String, Schema.Boolean, Schema.Null]))

/** A unit with what the package needs and offers. */
export const FullUnit = Schema.Struct({
  ...Unit.fields,
  checksum_type: Schema.String,
  requires: Schema.Array(Relation),
  provides: Schema.Array(Relation)
})
/** A package's unit with all that is read of it, as Pulp answers it. */
export type FullUnit = typeof FullUnit.Type

const operators: Readonly<Record<string, string>> = { EQ: "=", LT: "<", LE: "<=", GT: ">", GE: ">=" }

/** A relation of Pulp as RPM writes it: `bash >= 5.1`. */
export const relation = ([name, flags, epoch, version, release]: typeof Relation.Type): string => {
  const operator = operators[String(flags)]
  if (operator === undefined || typeof version !== "string" || version === "") return String(name)
  const before = typeof epoch === "string" && epoch !== "" && epoch !== "0" ? `${epoch}:` : ""
  return `${String(name)} ${operator} ${before}${version}${
    typeof release === "string" && release !== "" ? `-${release}` : ""
  }`
}

/** Units of a version of a repository, with what they need and offer: some kilobytes each. */
export const fullOfVersion = (client: PulpClient, repositoryVersion: string) =>
  client.list(FullUnit, packages, {
    repository_version: repositoryVersion,
    fields: Object.keys(FullUnit.fields).join(",")
  })

/** Units that a version no longer has and the one before had. */
export const removedBy = (client: PulpClient, repositoryVersion: string) =>
  client.list(Unit, packages, { repository_version_removed: repositoryVersion, fields })

const viaArtifact = Effect.fnUntraced(function*(
  client: PulpClient,
  tasks: PulpTasks,
  file: PackageFile.PackageFile,
  sha256: string,
  labels: Readonly<Record<string, string>>
) {
  const artifact = yield* Uploads.artifact(client, tasks, file, sha256)
  const task = yield* PulpDispatch.perform(client, tasks, {
    // Pulp answers with the unit it has, so this may happen again; a unit of old may be gone by now.
    correlation: CorrelationId.make("package", artifact, randomUUID()),
    isNew: true,
    path: packages,
    json: { artifact, relative_path: file.name, pulp_labels: labels }
  })
  const [unit] = PulpTask.created(task, "content")
  if (unit !== undefined) return yield* client.get(Unit, unit)
  const message = `Pulp made no package of ${file.name}`
  return yield* new PulpError({ reason: "rejected", request: `POST ${packages}`, message })
})

const atOnce = (client: PulpClient, file: PackageFile.PackageFile, labels: Readonly<Record<string, string>>) => {
  const path = `${packages}upload/`
  return client.send({
    method: "POST",
    path,
    body: () =>
      FormBody.make({ pulp_labels: JSON.stringify(labels) }, {
        name: file.name,
        size: file.size,
        bytes: PackageFile.bytes(file, 0, file.size)
      }),
    deadlineMillis: uploadMillis
  }).pipe(Effect.flatMap(({ json }) => client.decode(Unit, `POST ${path}`, json)))
}

/**
 * The unit of a file that Pulp does not have. Pulp answers 500 to an RPM it cannot read, and the unit of old to one it has
 * got meanwhile, so an answer that was lost is repeated once; then an answer of 500 is the file's fault.
 */
export const upload = (
  client: PulpClient,
  tasks: PulpTasks,
  file: PackageFile.PackageFile,
  sha256: string,
  labels: Readonly<Record<string, string>>
): Effect.Effect<Unit, PulpError> => {
  if (file.size > large) return viaArtifact(client, tasks, file, sha256, labels)
  const again = Effect.retry(atOnce(client, file, labels), {
    times: 1,
    while: ({ reason }) => reason === "unreachable"
  })
  return Effect.catchIf(again, ({ status }) => status === 500, (error) => {
    const message = `Pulp cannot read ${file.name}: ${error.message}`
    return Effect.fail(new PulpError({ reason: "rejected", request: error.request, status: 500, message }))
  })
}
