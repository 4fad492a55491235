/**
 * The content of a change as units of Pulp: packages found or uploaded, then modules found or made, linked to their packages.
 *
 * All packages are read and compared before any is sent, so a change that cannot be taken leaves nothing behind.
 */
import type { Content } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ModuleDocument from "./ModuleDocument.ts"
import * as ModuleUnits from "./ModuleUnits.ts"
import * as PackageFile from "./PackageFile.ts"
import * as PackageUnits from "./PackageUnits.ts"
import type { PulpConnection } from "./PulpConnection.ts"
import { PulpError } from "./PulpError.ts"

type Package = Content & { readonly _tag: "Package" }
type Modulemd = Content & { readonly _tag: "Modulemd" }

const rejected = (what: string, why: string) =>
  new PulpError({ reason: "rejected", request: `add ${what}`, message: `${what}: ${why}` })

/** Uploads at a time; the client has a limit of its own for all requests. */
const uploads = 6

const sumForm = /^[0-9a-f]{64}$/

/** The checksum said, or that of the file. */
const sumOf = (connection: PulpConnection, { location, nevra, sha256 }: Package) => {
  const said = sha256?.toLowerCase()
  if (said !== undefined) {
    return sumForm.test(said) ? Effect.succeed(said) : Effect.fail(rejected(nevra, "the checksum is no SHA-256"))
  }
  return Effect.scoped(Effect.flatMap(PackageFile.find(connection.http, location), PackageFile.sha256))
}

const checked = (content: Package, unit: PackageUnits.Unit) => {
  const found = PackageUnits.nevra(unit)
  return found === content.nevra
    ? Effect.succeed(unit)
    : Effect.fail(rejected(content.nevra, `${content.location} is ${found}`))
}

const sent = Effect.fnUntraced(
  function*(connection: PulpConnection, content: Package, sum: string, labels: Readonly<Record<string, string>>) {
    const file = yield* PackageFile.find(connection.http, content.location)
    const unit = yield* PackageUnits.upload(connection.client, connection.tasks, file, sum, labels)
    // The file may have changed since its checksum was taken.
    if (unit.pkgId !== sum) {
      return yield* rejected(content.nevra, `${content.location} has another checksum than ${sum}`)
    }
    return yield* checked(content, unit)
  },
  Effect.scoped
)

/** Sends the file, unless another change has sent it just now. */
const uploaded: typeof sent = (connection, content, sum, labels) =>
  Effect.suspend(() => {
    const send = sent(connection, content, sum, labels)
    if (!connection.sending.isTaken(sum)) return connection.sending.of(sum)(send)
    return connection.sending.of(sum)(Effect.flatMap(PackageUnits.bySha256(connection.client, [sum]), (found) => {
      const unit = found.get(sum)
      return unit === undefined ? send : checked(content, unit)
    }))
  })

/** Units of the packages, by NEVRA. Two files of one NEVRA are `rejected`: Pulp would silently take one. */
const ensurePackages = Effect.fnUntraced(
  function*(connection: PulpConnection, contents: ReadonlyArray<Package>, labels: Readonly<Record<string, string>>) {
    const sums = new Map<string, string>()
    const wanted = new Map<string, Package>()
    const each = yield* Effect.forEach(
      contents,
      (content) => Effect.map(sumOf(connection, content), (sum) => ({ content, sum })),
      { concurrency: uploads }
    )
    for (const { content, sum } of each) {
      const other = sums.get(content.nevra)
      if (other !== undefined && other !== sum) return yield* rejected(content.nevra, "there are two files of it")
      sums.set(content.nevra, sum)
      wanted.set(sum, content)
    }
    const there = yield* PackageUnits.bySha256(connection.client, wanted.keys())
    const units = yield* Effect.forEach(wanted, ([sum, content]) => {
      const unit = there.get(sum)
      return unit === undefined ? uploaded(connection, content, sum, labels) : checked(content, unit)
    }, { concurrency: uploads })
    return new Map(units.map((unit) => [PackageUnits.nevra(unit), unit.pulp_href]))
  }
)

const readModule = ({ id, text }: Modulemd): Result.Result<ModuleDocument.ModuleDocument, PulpError> =>
  Result.match(ModuleDocument.read(text), {
    onFailure: (why) => Result.fail(rejected(id, why)),
    onSuccess: (document) => {
      const said = Object.values(document.key).join(":")
      return document.kind !== "modulemds" || said === id
        ? Result.succeed(document)
        : Result.fail(rejected(id, `its document is that of ${said}`))
    }
  })

/** Paths of the units of contents. `rejected` names the one that cannot be taken; nothing is sent then. */
export const ensure = Effect.fnUntraced(
  function*(connection: PulpConnection, contents: ReadonlyArray<Content>, labels: Readonly<Record<string, string>>) {
    const documents = contents.flatMap((content) => content._tag === "Modulemd" ? [readModule(content)] : [])
    const modules = yield* Effect.forEach(documents, (document) => Effect.fromResult(document))
    const packages = yield* ensurePackages(
      connection,
      contents.flatMap((content) => content._tag === "Package" ? [content] : []),
      labels
    )
    const made = yield* Effect.forEach(modules, (document) => {
      const linked = document.artifacts.flatMap((nevra) => packages.get(nevra) ?? [])
      return ModuleUnits.ensure(connection.client, connection.tasks, document, linked, labels)
    }, { concurrency: uploads })
    return [...new Set([...packages.values(), ...made])]
  }
)
