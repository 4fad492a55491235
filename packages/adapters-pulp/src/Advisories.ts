/**
 * Advisories as units of Pulp, from which its publications make `updateinfo`.
 *
 * Pulp keeps one unit for what an advisory says: making the same again is a task that fails. It takes no labels with one, so the unit
 * that is there is known by what it says.
 */
import type { Advisory } from "@orch/core/farm/Advisory"
import * as Nevra from "@orch/core/Nevra"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createHash, randomUUID } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import * as CorrelationId from "./CorrelationId.ts"
import * as FormBody from "./FormBody.ts"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"

/** What an advisory says, as Pulp tells it; versions of modules are numbers too large to compare. */
const Unit = Schema.Struct({
  pulp_href: Schema.String,
  id: Schema.String,
  issued_date: Schema.String,
  type: Schema.String,
  severity: Schema.String,
  title: Schema.String,
  description: Schema.String,
  references: Schema.Array(
    Schema.Struct({ href: Schema.String, id: Schema.String, title: Schema.String, type: Schema.String })
  ),
  pkglist: Schema.Array(Schema.Struct({
    name: Schema.String,
    packages: Schema.Array(Schema.Struct({ filename: Schema.String, sum: Schema.String }))
  }))
})
type Unit = typeof Unit.Type

const path = "content/rpm/advisories/"

const fields = Object.keys(Unit.fields).join(",")

/** `2026-11-29 01:02:03`, in UTC. */
const time = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ")

const moduleOf = (id: string, asNumber: (digits: string) => string) => {
  const [name = "", stream = "", version = "", context = "", arch = ""] = id.split(":")
  return { name, stream, version: asNumber(version), context, arch }
}

/**
 * The advisory as Pulp reads it: JSON in which the version of a module is a number, of up to 20 digits.
 */
export const document = ({ collections, erratum, issued }: Advisory): string => {
  const mark = randomUUID()
  const text = JSON.stringify({
    id: erratum.id,
    updated_date: time(issued),
    issued_date: time(issued),
    description: erratum.description,
    fromstr: "orch",
    status: "final",
    title: erratum.title,
    summary: erratum.title,
    version: "1",
    type: erratum.type,
    severity: erratum.severity,
    solution: "",
    release: "0",
    rights: "",
    pushcount: "1",
    references: erratum.references,
    pkglist: collections.map(({ module, name, packages }) => ({
      name,
      short: name,
      ...(module === undefined ? {} : { module: moduleOf(module, (digits) => mark + digits) }),
      packages: packages.map((one) => {
        const nevra = Nevra.parseUnsafe(one.nevra)
        return {
          name: nevra.name,
          epoch: String(nevra.epoch),
          version: nevra.version,
          release: nevra.release,
          arch: nevra.arch,
          filename: Nevra.formatFileName(nevra),
          src: one.source,
          sum: one.sha256,
          sum_type: "sha256"
        }
      })
    }))
  })
  return text.replace(new RegExp(`"${mark}(\\d+)"`, "g"), "$1")
}

const files = (packages: ReadonlyArray<{ readonly filename: string; readonly sum: string }>): ReadonlyArray<string> =>
  packages.map(({ filename, sum }) => `${filename} ${sum}`).toSorted()

/** Whether the unit says the same. */
const says = ({ collections, erratum, issued }: Advisory) => (unit: Unit): boolean =>
  unit.issued_date === time(issued) && unit.type === erratum.type && unit.severity === erratum.severity
  && unit.title === erratum.title && unit.description === erratum.description
  && isDeepStrictEqual(unit.references.map((one) => ({ ...one })), erratum.references.map((one) => ({ ...one })))
  && isDeepStrictEqual(
    unit.pkglist.map(({ name, packages }) => [name, files(packages)]).toSorted(),
    collections.map(({ name, packages }) => [
      name,
      files(packages.map(({ nevra, sha256 }) => ({
        filename: Nevra.formatFileName(Nevra.parseUnsafe(nevra)),
        sum: sha256
      })))
    ]).toSorted()
  )

/** The unit of an advisory, made where it is not there: its path. */
export const ensure = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, advisory: Advisory) {
  const look = Effect.map(
    client.list(Unit, path, { id: advisory.erratum.id, fields }),
    (found) => found.find(says(advisory))?.pulp_href
  )
  const there = yield* look
  if (there !== undefined) return there
  const bytes = new TextEncoder().encode(document(advisory))
  const made = yield* Effect.result(PulpDispatch.perform(client, tasks, {
    correlation: CorrelationId.make("advisory", createHash("sha256").update(bytes).digest("hex"), randomUUID()),
    isNew: true,
    path,
    body: () => FormBody.make({}, { name: "advisory.json", size: bytes.length, bytes: Stream.make(bytes) })
  }))
  const unit = made._tag === "Success" ? PulpTask.created(made.success, "content")[0] : undefined
  if (unit !== undefined) return unit
  // Somebody made it meanwhile.
  const now = yield* look
  if (now !== undefined) return now
  if (made._tag === "Failure") return yield* made.failure
  const message = `Pulp made no advisory ${advisory.erratum.id}`
  return yield* new PulpError({ reason: "rejected", request: `POST ${path}`, message })
})
