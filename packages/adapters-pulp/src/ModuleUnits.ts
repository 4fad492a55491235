/**
 * Documents of modules as units of Pulp.
 *
 * A unit is made once: making it again is a task that fails, and Pulp tells neither a unit's text nor its checksum. So our units
 * carry the checksum of their text as a label. Where a unit is there that carries none, made by others or by a sync, its fields
 * say which one it is.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { randomUUID } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import * as CorrelationId from "./CorrelationId.ts"
import type { ModuleDocument } from "./ModuleDocument.ts"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"

/** Label of the SHA-256 of a unit's text. */
export const digestLabel = "orch.sha256"

/** A module's unit: where it is at Pulp, and which module it is. */
export const Module = Schema.Struct({
  pulp_href: Schema.String,
  name: Schema.String,
  stream: Schema.String,
  version: Schema.String,
  context: Schema.String,
  arch: Schema.String
})
/** The fields of a module's unit that name it, as Pulp answers them. */
export type Module = typeof Module.Type

const fields = Object.keys(Module.fields).join(",")

/** The identity of a module's unit, as the port has it: `name:stream:version:context:arch`. */
export const nsvca = ({ arch, context, name, stream, version }: Omit<Module, "pulp_href">): string =>
  [name, stream, version, context, arch].join(":")

const Candidate = Schema.StructWithRest(
  Schema.Struct({ pulp_href: Schema.String, pulp_labels: Schema.Record(Schema.String, Schema.NullOr(Schema.String)) }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
type Candidate = typeof Candidate.Type

/** Modules of a version of a repository. */
export const ofVersion = (client: PulpClient, repositoryVersion: string) =>
  client.list(Module, "content/rpm/modulemds/", { repository_version: repositoryVersion, fields })

/** A module's unit with the packages it ships, as its document names them. */
export const FullModule = Schema.Struct({ ...Module.fields, artifacts: Schema.Array(Schema.String) })
/** A module's unit with its document, as Pulp answers it. */
export type FullModule = typeof FullModule.Type

/** Modules of a version of a repository, with what they ship. */
export const fullOfVersion = (client: PulpClient, repositoryVersion: string) =>
  client.list(FullModule, "content/rpm/modulemds/", {
    repository_version: repositoryVersion,
    fields: Object.keys(FullModule.fields).join(",")
  })

const pathOf = ({ kind }: ModuleDocument) => `content/rpm/${kind}/`

/** Pulp cannot filter defaults and obsoletes; there are few of them. */
const candidates = (client: PulpClient, document: ModuleDocument) =>
  Effect.map(
    client.list(Candidate, pathOf(document), document.kind === "modulemds" ? document.key : {}),
    (found) => found.filter((unit) => Object.entries(document.key).every(([field, value]) => unit[field] === value))
  )

const labelled = (document: ModuleDocument) => (unit: Candidate) => unit.pulp_labels[digestLabel] === document.digest

const alike = (document: ModuleDocument) => (unit: Candidate) =>
  unit.pulp_labels[digestLabel] === undefined &&
  Object.entries(document.fields).every(([field, value]) => isDeepStrictEqual(unit[field] ?? null, value))

const make = Effect.fnUntraced(function*(
  client: PulpClient,
  tasks: PulpTasks,
  document: ModuleDocument,
  packages: ReadonlyArray<string>,
  labels: Readonly<Record<string, string>>
) {
  const task = yield* PulpDispatch.perform(client, tasks, {
    correlation: CorrelationId.make(document.kind, document.digest, randomUUID()),
    isNew: true,
    path: pathOf(document),
    json: {
      ...document.fields,
      // Left out, it costs the task.
      ...(document.kind === "modulemds" ? { packages } : {}),
      snippet: document.snippet,
      pulp_labels: { ...labels, [digestLabel]: document.digest }
    }
  })
  return PulpTask.created(task, "content")[0]
})

/** The unit of a document, made where it is not there; its links are to the packages given. */
export const ensure = Effect.fnUntraced(function*(
  client: PulpClient,
  tasks: PulpTasks,
  document: ModuleDocument,
  packages: ReadonlyArray<string>,
  labels: Readonly<Record<string, string>>
) {
  const look = Effect.map(candidates(client, document), (found) => ({
    ours: found.find(labelled(document))?.pulp_href,
    others: found.filter(alike(document))
  }))
  const { ours } = yield* look
  if (ours !== undefined) return ours
  const made = yield* Effect.result(make(client, tasks, document, packages, labels))
  if (made._tag === "Success" && made.success !== undefined) return made.success
  // Somebody made it meanwhile, or long ago and without our label.
  const now = yield* look
  const there = now.ours ?? (now.others.length === 1 ? now.others[0]!.pulp_href : undefined)
  if (there !== undefined) return there
  if (made._tag === "Failure") return yield* made.failure
  const message = `Pulp made no unit of ${Object.values(document.key).join(":")}`
  return yield* new PulpError({ reason: "rejected", request: `POST ${pathOf(document)}`, message })
})
