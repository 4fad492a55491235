/**
 * A `RepositoryHost` on Pulp 3.
 *
 * A repository of the port is one of Pulp, its revision the number of Pulp's newest version, and what readers see is the
 * publication that its distribution names. A change is one `modify` and so one version, found again by its correlation id.
 * Publications come first and what the distribution names last, so `staging` is offered.
 */
import * as Nevra from "@orch/core/Nevra"
import {
  type Change,
  contentId,
  type Held,
  type Interface,
  type Prepared,
  RepositoryHost,
  RepositoryHostError,
  type Staging
} from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { randomUUID } from "node:crypto"
import * as Advisories from "./Advisories.ts"
import * as ContentUnits from "./ContentUnits.ts"
import * as CorrelationId from "./CorrelationId.ts"
import * as Distributions from "./Distributions.ts"
import * as ModuleUnits from "./ModuleUnits.ts"
import * as PackageUnits from "./PackageUnits.ts"
import * as Publications from "./Publications.ts"
import * as PulpConnection from "./PulpConnection.ts"
import type { PulpError } from "./PulpError.ts"
import * as Remotes from "./Remotes.ts"
import * as Repositories from "./Repositories.ts"
import * as Turns from "./Turns.ts"

/** How a repository of the port is called at Pulp. */
export interface Place {
  readonly repository: string
  readonly distribution: string
  /** Below Pulp's content root, without slashes at its ends. */
  readonly basePath: string
}

/** Where repositories of the port are at Pulp, and how they are made. */
export interface Settings {
  /** Different names must have different places, and no base path may lie in another. `placeBelow("orch")` unless told. */
  readonly place?: ((name: string) => Place) | undefined
  /** How repositories are made that are not there. */
  readonly making?: Repositories.Making | undefined
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9][A-Za-z0-9._+-]*)*$/

/**
 * The place of each name below one folder. Base paths may not nest while names may, so a name's slashes become `~`, which no
 * name contains: all base paths have the same depth.
 */
export const placeBelow = (folder: string) => (name: string): Place => {
  const own = `${folder}/${name.replaceAll("/", "~")}`
  return { repository: own, distribution: own, basePath: own }
}

const siteOf = ({ basePath, distribution: name }: Place): Distributions.Site => ({ name, basePath })

/** Whether an identity is a module's: packages have a NEVRA. */
const isModule = (id: string): boolean => Result.isFailure(Nevra.parse(id))

/** A label's value: Pulp takes no parentheses. */
const labelText = (text: string): string => text.replace(/[()]/g, "_").slice(0, 200)

const reasons: Readonly<Record<PulpError["reason"], RepositoryHostError["reason"]>> = {
  unreachable: "unreachable",
  refused: "refused",
  rejected: "rejected",
  gone: "gone",
  conflict: "conflict",
  malformed: "unreachable",
  failed: "rejected",
  canceled: "unreachable",
  lost: "unreachable",
  overdue: "unreachable"
}

/** Answers of a gateway before a Pulp that is away, and of one that has too much to do. */
const busy: ReadonlyArray<number> = [408, 429, 502, 503, 504]

/** Whether it is Pulp that does not answer: a Pulp that answers 500 is broken, and a package may lie on another server. */
const isAway = ({ reason, request, status }: PulpError): boolean =>
  reason === "unreachable" && /^\S+ \//.test(request) && (status === undefined || busy.includes(status))

/**
 * A host on an open connection; nothing is asked yet. Its operations fail with `RepositoryHostError`: what Pulp does
 * not answer, or answers in a form nobody knows, is `unreachable`, and a task that failed is `rejected`.
 */
export const make = (connection: PulpConnection.PulpConnection, settings: Settings = {}): Interface => {
  const { client, tasks } = connection
  const placeOf = settings.place ?? placeBelow("orch")
  const turns = Turns.make()

  const fail = (reason: RepositoryHostError["reason"], operation: string, message: string) =>
    Effect.fail(new RepositoryHostError({ reason, operation, message }))

  /** Checks the name, and gives failures the port's reasons. */
  const doing = <A>(
    operation: string,
    name: string,
    use: (place: Place) => Effect.Effect<A, PulpError | RepositoryHostError>
  ): Effect.Effect<A, RepositoryHostError> => {
    if (name.length > 200 || !nameForm.test(name)) {
      return fail("rejected", operation, `${JSON.stringify(name.slice(0, 100))} is no repository name`)
    }
    return Effect.mapError(
      use(placeOf(name)),
      (error) =>
        error._tag === "RepositoryHostError" ? error : new RepositoryHostError({
          reason: reasons[error.reason],
          operation,
          message: `${client.origin}: ${error.message}`,
          cause: error,
          ...(isAway(error) ? { away: `Pulp at ${client.origin}` } : {})
        })
    ).pipe(Effect.withSpan(`PulpRepositoryHost.${operation}`, { attributes: { repository: name } }))
  }

  const known = Effect.fnUntraced(function*(operation: string, name: string, place: Place) {
    const found = yield* Repositories.find(client, place.repository)
    return found ?? (yield* fail("gone", operation, `there is no repository ${name}`))
  })

  /** Paths of what is to be removed and is there. */
  const unitsToRemove = Effect.fnUntraced(function*(version: string, remove: ReadonlyArray<string>) {
    const others = remove.filter(isModule)
    const nevras = remove.filter((id) => !isModule(id))
    const packages = nevras.length === 0 ? [] : yield* PackageUnits.byNevra(client, nevras, version)
    const modules = others.length === 0 ? [] : yield* ModuleUnits.ofVersion(client, version)
    return [...packages, ...modules.filter((unit) => others.includes(ModuleUnits.nsvca(unit)))]
      .map(({ pulp_href }) => pulp_href)
  })

  /**
   * Packages that went with their module although they are to stay: Pulp removes what a removed or replaced module is linked to.
   * They come back by a version of its own, before anything is published.
   */
  const putBack = Effect.fnUntraced(function*(repository: Repositories.Repository, number: number, wanted: Change) {
    const version = Repositories.versionOf(repository, number)
    const removed = new Set(wanted.remove)
    for (const content of wanted.add) removed.delete(contentId(content))
    const gone = yield* PackageUnits.removedBy(client, version)
    const missed = gone.filter((unit) => !removed.has(PackageUnits.nevra(unit)))
    if (missed.length === 0) return number
    // Those of which another file is there were replaced.
    const there = new Set(
      (yield* PackageUnits.byNevra(client, missed.map(PackageUnits.nevra), version)).map(PackageUnits.nevra)
    )
    const add = missed.flatMap((unit) => there.has(PackageUnits.nevra(unit)) ? [] : [unit.pulp_href])
    if (add.length === 0) return number
    const correlation = CorrelationId.make("put back", repository.pulp_href, wanted.key)
    return yield* Repositories.modify(client, tasks, repository, correlation, { add, remove: [] })
  })

  const change = Effect.fnUntraced(function*(name: string, place: Place, wanted: Change) {
    const repository = yield* known("change", name, place)
    const correlation = CorrelationId.make("change", repository.pulp_href, wanted.key)
    const done = yield* Repositories.modified(client, repository, correlation)
    const number = done ?? (yield* Effect.gen(function*() {
      const labels = { "orch.key": labelText(wanted.key) }
      const content = yield* ContentUnits.ensure(connection, wanted.add, labels)
      const told = yield* Effect.forEach(
        wanted.advisories ?? [],
        (advisory) => Advisories.ensure(client, tasks, advisory)
      )
      const add = [...content, ...told]
      const remove = yield* unitsToRemove(repository.latest_version_href, wanted.remove)
      return yield* Repositories.modify(client, tasks, repository, correlation, { add, remove })
    }))
    const touchesModules = [...wanted.remove, ...wanted.add.map(contentId)].some(isModule)
    return { name, revision: touchesModules ? yield* putBack(repository, number, wanted) : number }
  })

  const prepare = Effect.fnUntraced(function*(operation: string, name: string, place: Place) {
    const repository = yield* known(operation, name, place)
    const version = repository.latest_version_href
    const reference = yield* Publications.ensure(client, tasks, version)
    const ready: Prepared = { name, revision: Repositories.numberOf(version), reference }
    return ready
  })

  const show = Effect.fnUntraced(function*({ name, reference, revision }: Prepared, place: Place) {
    const distribution = yield* Distributions.show(client, tasks, { ...siteOf(place), publication: reference })
    return { name, revision, url: Distributions.urlOf(client, distribution), path: undefined }
  })

  const staging: Staging = {
    prepare: (name) =>
      doing(
        "prepare",
        name,
        (place) => Effect.tap(prepare("prepare", name, place), Distributions.reserve(client, tasks, siteOf(place)))
      ),
    show: (prepared) =>
      doing(
        "show",
        prepared.name,
        (place) => Effect.andThen(Publications.get(client, prepared.reference), show(prepared, place))
      ),
    shown: (name) =>
      doing("shown", name, (place) =>
        Effect.gen(function*() {
          const distribution = yield* Distributions.find(client, place.distribution)
          if (distribution?.publication == null) return undefined
          const { repository_version } = yield* Publications.get(client, distribution.publication)
          return { name, revision: Repositories.numberOf(repository_version), reference: distribution.publication }
        })),
    hide: (name) => doing("hide", name, (place) => Distributions.remove(client, tasks, place.distribution)),
    restore: (name, revision, key) =>
      doing("restore", name, (place) =>
        Effect.gen(function*() {
          const repository = yield* known("restore", name, place)
          const base = Repositories.versionOf(repository, revision)
          yield* Repositories.getVersion(client, base)
          const correlation = CorrelationId.make("restore", repository.pulp_href, key)
          const change = { add: [], remove: [], base }
          return { name, revision: yield* Repositories.modify(client, tasks, repository, correlation, change) }
        }).pipe(turns.of(name)))
  }

  return {
    staging,
    ensure: (name) =>
      doing(
        "ensure",
        name,
        (place) =>
          Effect.map(Repositories.ensure(client, place.repository, settings.making), ({ latest_version_href }) => ({
            name,
            revision: Repositories.numberOf(latest_version_href)
          }))
      ),
    change: (name, wanted) => doing("change", name, (place) => change(name, place, wanted).pipe(turns.of(name))),
    publish: (name) =>
      doing("publish", name, (place) => Effect.flatMap(prepare("publish", name, place), (ready) => show(ready, place))),
    contents: (name) =>
      doing("contents", name, (place) =>
        Effect.gen(function*() {
          const { latest_version_href } = yield* known("contents", name, place)
          const packages = yield* PackageUnits.ofVersion(client, latest_version_href)
          const modules = yield* ModuleUnits.ofVersion(client, latest_version_href)
          return [...packages.map(PackageUnits.nevra), ...modules.map(ModuleUnits.nsvca)].sort()
        })),
    inventory: (name) =>
      doing("inventory", name, (place) =>
        Effect.gen(function*() {
          const { latest_version_href: version } = yield* known("inventory", name, place)
          const packages = yield* PackageUnits.fullOfVersion(client, version)
          const modules = yield* ModuleUnits.fullOfVersion(client, version)
          return [
            ...packages.map((unit): Held => ({
              id: PackageUnits.nevra(unit),
              ...(unit.checksum_type === "sha256" ? { sha256: unit.pkgId } : {}),
              requires: unit.requires.map(PackageUnits.relation),
              provides: unit.provides.map(PackageUnits.relation)
            })),
            ...modules.map((unit): Held => ({ id: ModuleUnits.nsvca(unit), artifacts: unit.artifacts }))
          ].sort((a, b) => a.id < b.id ? -1 : 1)
        })),
    sync: (name, { mirror, url }) =>
      doing("sync", name, (place) =>
        Effect.gen(function*() {
          const repository = yield* Repositories.ensure(client, place.repository, settings.making)
          const remote = yield* Remotes.ensure(client, tasks, { name: place.repository, url, policy: "on_demand" })
          // Another sync of the same brings nothing new, so it may be another task.
          const correlation = CorrelationId.make("sync", repository.pulp_href, randomUUID())
          const policy = mirror ? "mirror_content_only" : "additive"
          const revision = yield* Remotes.sync(client, tasks, repository, remote, correlation, { policy })
          return { name, revision }
        }).pipe(turns.of(name))),
    remove: (name) =>
      doing("remove", name, (place) =>
        Effect.gen(function*() {
          yield* Distributions.remove(client, tasks, place.distribution)
          const repository = yield* Repositories.find(client, place.repository)
          if (repository !== undefined) yield* Repositories.remove(client, tasks, repository.pulp_href)
        }).pipe(turns.of(name)))
  }
}

/** All settings of a host with a connection of its own. */
export interface Options extends PulpConnection.Settings, Settings {}

/** A host with a connection of its own, on the HTTP client given. */
export const layer = (options: Options): Layer.Layer<RepositoryHost, never, HttpClient.HttpClient> =>
  Layer.effect(
    RepositoryHost,
    Effect.map(PulpConnection.make(options), (connection) => RepositoryHost.of(make(connection, options)))
  )
