/**
 * Advisories as units of Pulp, from which its publications make `updateinfo`.
 *
 * Pulp merges or refuses advisories of one id in a repository by rules of its own; ours carry the checksum of what they say as a label,
 * so the same one is found again and never made twice.
 */
import type { Advisory } from "@orch/core/farm/Advisory"
import * as Nevra from "@orch/core/Nevra"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createHash, randomUUID } from "node:crypto"
import * as CorrelationId from "./CorrelationId.ts"
import * as FormBody from "./FormBody.ts"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"

const Unit = Schema.Struct({ pulp_href: Schema.String, id: Schema.String })

const path = "content/rpm/advisories/"

const fields = Object.keys(Unit.fields).join(",")

/** `2026-11-29 01:02:03`, in UTC. */
const time = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ")

/** The advisory as Pulp reads it. */
export const document = ({ collections, erratum, issued }: Advisory): Schema.Json => ({
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
  references: erratum.references.map(({ href, id, title, type }) => ({ href, ref_id: id, title, ref_type: type })),
  pkglist: collections.map(({ module, name, packages }) => {
    const [moduleName = "", stream = "", version = "", context = "", arch = ""] = module?.split(":") ?? []
    return {
      name,
      shortname: name,
      ...(module === undefined ? {} : { module: { name: moduleName, stream, version, context, arch } }),
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
          sum_type: "sha256",
          reboot_suggested: false,
          relogin_suggested: false,
          restart_suggested: false
        }
      })
    }
  })
})

/** The unit of an advisory, made where it is not there: its path. */
export const ensure = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, advisory: Advisory) {
  const text = JSON.stringify(document(advisory))
  const digest = createHash("sha256").update(text).digest("hex")
  const look = client.list(Unit, path, { id: advisory.erratum.id, pulp_label_select: `orch.sha256=${digest}`, fields })
  const [there] = yield* look
  if (there !== undefined) return there.pulp_href
  const bytes = new TextEncoder().encode(text)
  const done = yield* PulpDispatch.perform(client, tasks, {
    correlation: CorrelationId.make("advisory", digest, randomUUID()),
    isNew: true,
    path,
    body: () =>
      FormBody.make({ pulp_labels: JSON.stringify({ "orch.sha256": digest }) }, {
        name: "advisory.json",
        size: bytes.length,
        bytes: Stream.make(bytes)
      })
  })
  const [unit] = PulpTask.created(done, "content")
  if (unit !== undefined) return unit
  const [made] = yield* look
  if (made !== undefined) return made.pulp_href
  const message = `Pulp made no advisory ${advisory.erratum.id}`
  return yield* new PulpError({ reason: "rejected", request: `POST ${path}`, message })
})
