/**
 * A Koji hub as the place where finished modules are published: each becomes a build of a content generator, tagged where
 * composes look for modules.
 *
 * A repository here is one module's build. Koji has the packages already and makes its own repositories, so packages of a
 * change are named in the module's metadata and their builds are in the module's tag. Builds cannot be changed: a second change of other content is refused,
 * and `remove` untags. Without the right to import, or without a content generator's name, nothing is imported and the
 * module's tag is the publication.
 */
import * as Nevra from "@orch/core/Nevra"
import {
  type Change,
  type Content,
  contentId,
  type Interface,
  RepositoryHost,
  RepositoryHostError
} from "@orch/core/ports/RepositoryHost"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as BuildAdmission from "./BuildAdmission.ts"
import { reasonOf } from "./HubFailure.ts"
import { Build, decode, element, elementOr, TaggedBuild } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import * as KojiHub from "./KojiHub.ts"
import * as ModuleImport from "./ModuleImport.ts"

export interface Settings {
  /** The content generator we are registered as, such as `module-build-service`; without it modules are not imported. */
  readonly contentGenerator?: string | undefined
  /** Where imported modules are tagged, such as `el9-modular-updates-candidate`; not tagged when left out. */
  readonly moduleTag?: string | undefined
  readonly host?: ModuleImport.Generator["host"] | undefined
  readonly version?: string | undefined
  readonly topurl?: string | undefined
}

interface Held {
  readonly subject: ModuleImport.Subject
  readonly contents: ReadonlyArray<Content>
}

const nameRule = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*$/

const HubRpm = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  release: Schema.String,
  epoch: Schema.NullOr(Schema.Number),
  arch: Schema.String,
  payloadhash: Schema.String,
  build_id: Schema.Number
})

const packagesOf = (change: Change): ReadonlyArray<string> =>
  change.add.flatMap((content) => content._tag === "Package" ? [content.nevra] : [])

const complete = 1

export const make = (hub: KojiHub.KojiHub, settings: Settings = {}): Interface => {
  const held = new Map<string, Held>()
  const fail = (reason: RepositoryHostError["reason"], operation: string, message: string) =>
    Effect.fail(new RepositoryHostError({ reason, operation, message: `${hub.name}: ${message}` }))
  const mapped = (operation: string) => <A, R>(effect: Effect.Effect<A, KojiError | RepositoryHostError, R>) =>
    Effect.mapError(effect, (error) =>
      error instanceof RepositoryHostError
        ? error
        : new RepositoryHostError({
          reason: reasonOf(error),
          operation,
          message: `${hub.name}: ${error.message}${
            error._tag === "KojiFault" && error.code === 1002 && settings.contentGenerator !== undefined
              ? `; an administrator can run: koji grant-cg-access USER ${settings.contentGenerator}`
              : ""
          }`,
          cause: error
        }))
  const checked = (operation: string, name: string) =>
    nameRule.test(name) ? Effect.void : fail("rejected", operation, `"${name}" is no repository name`)

  /** The hub's rows of the packages; one that the hub does not have cannot be published here. */
  const rowsOf = Effect.fnUntraced(function*(change: Change) {
    const packages = packagesOf(change)
    if (packages.length === 0) return []
    const answers = yield* hub.readAll(packages.map((nevra) => {
      const { arch, name, release, version } = Nevra.parseUnsafe(nevra)
      return KojiCall.make("getRPM", [{ name, version, release, arch }])
    }))
    const rows: Array<typeof HubRpm.Type> = []
    for (const [index, nevra] of packages.entries()) {
      const row = yield* elementOr(Schema.NullOr(HubRpm), "getRPM", answers[index], null)
      if (row === null) return yield* fail("rejected", "change", `there is no package ${nevra}`)
      rows.push(row)
    }
    return rows
  })

  /** The module's tag holds the builds its packages are of, also those of the last batch. */
  const tagContent = Effect.fnUntraced(
    function*(subject: ModuleImport.Subject, rows: ReadonlyArray<typeof HubRpm.Type>) {
      const ids = [...new Set(rows.map(({ build_id }) => build_id))]
      if (ids.length === 0) return
      const answers = yield* hub.readAll(ids.map((id) => KojiCall.make("getBuild", [id])))
      const nvrs: Array<string> = []
      for (const answer of answers) nvrs.push((yield* element(Build, "getBuild", answer)).nvr)
      yield* BuildAdmission.tag(hub, [ModuleImport.contentTag(subject)], nvrs)
    }
  )

  /** Imported once: the build is looked for first, and again when an answer was lost. */
  const imported = (
    generator: string,
    subject: ModuleImport.Subject,
    change: Change,
    rpms: ReadonlyArray<typeof HubRpm.Type>
  ) =>
    KojiHub.converge(
      "CGImport",
      Effect.gen(function*() {
        const build = yield* hub.read(KojiCall.make("getBuild", [ModuleImport.nvr(subject)]))
        const known = yield* decode(Schema.NullOr(Build), "getBuild", build)
        if (known?.state === complete) return
        const end = Math.floor((yield* Clock.currentTimeMillis) / 1000)
        const module = ModuleImport.make(
          subject,
          change.key,
          {
            name: generator,
            version: settings.version ?? "1",
            host: settings.host ?? { os: process.platform, arch: process.arch === "arm64" ? "aarch64" : "x86_64" }
          },
          { start: end, end },
          new Set(packagesOf(change)),
          rpms
        )
        for (const file of module.files) yield* hub.upload(module.directory, file.name, file.bytes)
        yield* hub.write(KojiCall.make("CGImport", [module.metadata, module.directory]))
      })
    )

  const tagOnce = (subject: ModuleImport.Subject, tag: string) =>
    KojiHub.converge(
      "tagBuildBypass",
      Effect.gen(function*() {
        const nvr = ModuleImport.nvr(subject)
        const rows = yield* Effect.flatMap(
          hub.readAll([KojiCall.make("listTagged", [tag], { package: subject.name, inherit: false })]),
          ([answer]) => element(Schema.Array(TaggedBuild), "listTagged", answer)
        )
        if (!rows.some((row) => row.nvr === nvr)) yield* hub.write(KojiCall.make("tagBuildBypass", [tag, nvr]))
      })
    )

  return {
    ensure: (name) => Effect.as(checked("ensure", name), { name, revision: held.has(name) ? 1 : 0 }),
    change: (name, change) =>
      Effect.gen(function*() {
        yield* checked("change", name)
        const subject = ModuleImport.subjectOf(change.add)
        if (Result.isFailure(subject)) return yield* fail("rejected", "change", subject.failure)
        const bad = packagesOf(change).find((nevra) => Result.isFailure(Nevra.parse(nevra)))
        if (bad !== undefined) return yield* fail("rejected", "change", `"${bad}" is no package identity`)
        const rows = yield* rowsOf(change)
        yield* tagContent(subject.success, rows)
        if (settings.contentGenerator !== undefined) {
          yield* imported(settings.contentGenerator, subject.success, change, rows)
        }
        held.set(name, { subject: subject.success, contents: change.add })
        return { name, revision: 1 }
      }).pipe(mapped("change")),
    publish: (name) =>
      Effect.gen(function*() {
        const module = held.get(name)
        if (module === undefined) return yield* fail("gone", "publish", `nothing was put into ${name}`)
        const { contentGenerator, moduleTag, topurl = hub.server.origin } = settings
        if (contentGenerator !== undefined && moduleTag !== undefined) yield* tagOnce(module.subject, moduleTag)
        const tag = ModuleImport.contentTag(module.subject)
        return { name, revision: 1, url: `${topurl}/repos/${tag}/latest/`, path: undefined }
      }).pipe(mapped("publish")),
    contents: (name) => Effect.succeed((held.get(name)?.contents ?? []).map(contentId).sort()),
    remove: (name) =>
      Effect.gen(function*() {
        const module = held.get(name)
        held.delete(name)
        if (module === undefined || settings.moduleTag === undefined || settings.contentGenerator === undefined) return
        yield* hub.write(
          KojiCall.make("untagBuild", [settings.moduleTag, ModuleImport.nvr(module.subject)], { strict: false })
        ).pipe(Effect.catchTag("ResultLost", () => Effect.void))
      }).pipe(mapped("remove"))
  }
}

export const layer = (
  options: KojiHub.Options & { readonly settings?: Settings | undefined }
): Layer.Layer<RepositoryHost> =>
  Layer.effect(RepositoryHost, Effect.map(KojiHub.scoped(options), (hub) => make(hub, options.settings)))
