/**
 * A Koji hub as the place where finished modules are published: each becomes a build of a content generator, and its `-devel`
 * complement another one, tagged where composes look for modules.
 *
 * A repository here is one module's build. Koji has the packages already and makes its own repositories; an import names them as
 * the module's tag has them. Builds cannot be changed: what is imported once stays
 * as it is, and `remove` untags. Without the right to import, or without a content generator's name, nothing is imported and the
 * module's tag is the publication.
 */
import * as Nevra from "@orch/core/Nevra"
import {
  type Change,
  type Content,
  contentId,
  type Interface,
  type Origin,
  RepositoryHost,
  RepositoryHostError
} from "@orch/core/ports/RepositoryHost"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { reasonOf, waitingOf } from "./HubFailure.ts"
import { Build, element, elementOr, Tag } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import * as KojiHub from "./KojiHub.ts"
import * as ModuleFilling from "./ModuleFilling.ts"
import * as ModuleImport from "./ModuleImport.ts"
import * as ModuleTagging from "./ModuleTagging.ts"
import * as ModuleUpload from "./ModuleUpload.ts"

/** What is done with finished modules. */
export interface Settings {
  /** The content generator we are registered as, such as `module-build-service`; without it modules are not imported. */
  readonly contentGenerator?: string | undefined
  /**
   * Where imported modules are tagged, such as `el9-modular-updates-candidate`: the first of these tags that exists; not tagged
   * when left out. `{}` stands for the platform's stream.
   */
  readonly moduleTags?: ReadonlyArray<string> | undefined
  /** Whether the `-devel` complement is imported, too; true unless told. */
  readonly develModules?: boolean | undefined
  readonly host?: ModuleImport.Generator["host"] | undefined
  readonly version?: string | undefined
  readonly topurl?: string | undefined
}

/** What was put into a repository, once. */
interface Held {
  readonly key: string
  readonly subject: ModuleImport.Subject
  readonly platform: string
  /** Whether it is the complement, for each that is published. */
  readonly variants: ReadonlyArray<boolean>
  readonly contents: ReadonlyArray<Content>
  /** What was missing where imported modules are tagged, and when that was seen (milliseconds since 1970). */
  readonly untagged: ModuleTagging.Missing | undefined
  readonly seenAt: number
}

/** So long (milliseconds) what was missing where modules are tagged is taken for missing still. */
const stillTrue = 60_000

const nameRule = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*$/

const HubRpm = Schema.Struct({ build_id: Schema.Number })

const packagesOf = (change: Change): ReadonlyArray<string> =>
  change.add.flatMap((content) => content._tag === "Package" ? [content.nevra] : [])

/** What a change without an origin says of its own. */
const originOf = (change: Change, subject: ModuleImport.Subject, nvrs: ReadonlyArray<string>, now: number): Origin =>
  change.origin ?? {
    build: Number(/(\d{1,15})$/.exec(change.key)?.[1] ?? 0),
    owner: "",
    platform: "",
    scmurl: undefined,
    begun: now,
    ended: now,
    modulemd: subject.documents[0]?.text ?? "",
    nvrs,
    log: `${ModuleImport.nvr(subject)}: ${nvrs.join(", ")}\n`
  }

/** A repository host on a hub that is there already. */
export const make = (hub: KojiHub.KojiHub, settings: Settings = {}): Interface => {
  /** By name; `undefined` for a repository that holds nothing yet. */
  const repositories = new Map<string, Held | undefined>()
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
          cause: error,
          ...waitingOf(hub, reasonOf(error))
        }))
  const checked = (operation: string, name: string) =>
    nameRule.test(name) ? Effect.void : fail("rejected", operation, `"${name}" is no repository name`)
  const known = (operation: string, name: string) =>
    Effect.andThen(
      checked(operation, name),
      Effect.suspend(() =>
        repositories.has(name)
          ? Effect.succeed(repositories.get(name))
          : fail("gone", operation, `there is no repository ${name}`)
      )
    )

  /** The builds that the packages are of; a package that the hub does not have cannot be published here. */
  const nvrsOf = Effect.fnUntraced(function*(change: Change) {
    const packages = packagesOf(change)
    if (change.origin !== undefined || packages.length === 0) return change.origin?.nvrs ?? []
    const answers = yield* hub.readAll(packages.map((nevra) => {
      const { arch, name, release, version } = Nevra.parseUnsafe(nevra)
      return KojiCall.make("getRPM", [{ name, version, release, arch }])
    }))
    const ids = new Set<number>()
    for (const [index, nevra] of packages.entries()) {
      const row = yield* elementOr(Schema.NullOr(HubRpm), "getRPM", answers[index], null)
      if (row === null) return yield* fail("rejected", "change", `there is no package ${nevra}`)
      ids.add(row.build_id)
    }
    const builds = yield* hub.readAll([...ids].map((id) => KojiCall.make("getBuild", [id])))
    const nvrs: Array<string> = []
    for (const answer of builds) nvrs.push((yield* element(Build, "getBuild", answer)).nvr)
    return nvrs
  })

  /** The module, and its complement where it is wanted and given. */
  const variantsOf = (origin: Origin | undefined): ReadonlyArray<boolean> =>
    settings.develModules === false || origin?.complement === undefined ? [false] : [false, true]

  const tagsFor = (platform: string): ReadonlyArray<string> =>
    settings.contentGenerator === undefined
      ? []
      : (settings.moduleTags ?? []).map((tag) => tag.replaceAll("{}", platform))

  /** The first of the tags that exists. */
  const existing = Effect.fnUntraced(function*(tags: ReadonlyArray<string>) {
    const answers = tags.length === 0 ? [] : yield* hub.readAll(tags.map((tag) => KojiCall.make("getTag", [tag])))
    for (const [index, tag] of tags.entries()) {
      if ((yield* elementOr(Schema.NullOr(Tag), "getTag", answers[index], null)) !== null) return tag
    }
    return undefined
  })

  const importModule = Effect.fnUntraced(function*(
    generator: string,
    subject: ModuleImport.Subject,
    origin: Origin,
    { missing, owner, packages }: ModuleFilling.Filled
  ) {
    for (const devel of missing) {
      const module = ModuleImport.make({
        subject,
        origin,
        generator: {
          name: generator,
          version: settings.version ?? "1",
          host: settings.host ?? { os: process.platform, arch: process.arch === "arm64" ? "aarch64" : "x86_64" }
        },
        owner: owner?.name,
        packages,
        devel
      })
      if (Result.isFailure(module)) return yield* fail("rejected", "change", module.failure)
      yield* ModuleUpload.run(hub, module.success)
    }
  })

  return {
    ensure: (name) =>
      Effect.map(checked("ensure", name), () => {
        const held = repositories.get(name)
        repositories.set(name, held)
        return { name, revision: held === undefined ? 0 : 1 }
      }),
    change: (name, change) =>
      Effect.gen(function*() {
        const held = yield* known("change", name)
        if (held !== undefined && held.key !== change.key) {
          return yield* fail(
            "conflict",
            "change",
            `${name} holds ${ModuleImport.nvr(held.subject)}, which cannot be changed`
          )
        }
        const subject = ModuleImport.subjectOf(change.add)
        if (Result.isFailure(subject)) return yield* fail("rejected", "change", subject.failure)
        const bad = packagesOf(change).find((nevra) => Result.isFailure(Nevra.parse(nevra)))
        if (bad !== undefined) return yield* fail("rejected", "change", `"${bad}" is no package identity`)
        const nvrs = yield* nvrsOf(change)
        const now = yield* Clock.currentTimeMillis
        const origin = originOf(change, subject.success, nvrs, now)
        // The module's tag holds all that was built for it, also the last batch.
        const there = yield* ModuleFilling.fill(hub, {
          subject: subject.success,
          nvrs,
          owner: origin.owner,
          variants: settings.contentGenerator === undefined ? [] : variantsOf(change.origin),
          tags: tagsFor(origin.platform)
        })
        if (settings.contentGenerator !== undefined) {
          yield* importModule(settings.contentGenerator, subject.success, origin, there)
        }
        repositories.set(name, {
          key: change.key,
          subject: subject.success,
          platform: change.origin?.platform ?? "",
          variants: variantsOf(change.origin),
          contents: change.add,
          untagged: there.untaggedModules,
          seenAt: now
        })
        return { name, revision: 1 }
      }).pipe(mapped("change")),
    publish: (name) =>
      Effect.gen(function*() {
        const module = yield* known("publish", name)
        if (module === undefined) return yield* fail("gone", "publish", `nothing was put into ${name}`)
        const { topurl = hub.server.origin } = settings
        const tags = tagsFor(module.platform)
        const isRecent = (yield* Clock.currentTimeMillis) - module.seenAt < stillTrue
        const untagged = isRecent ? module.untagged : undefined
        // Whatever comes of it, it is not true twice.
        repositories.set(name, { ...module, untagged: undefined })
        const builds = ModuleFilling.buildsOf(module.subject, module.variants)
        if (tags.length > 0 && (yield* ModuleTagging.run(hub, tags, builds, untagged)) === undefined) {
          return yield* fail(
            "rejected",
            "publish",
            `the hub has no tag ${tags.join(" and none ")} for imported modules`
          )
        }
        const tag = ModuleImport.contentTag(module.subject)
        return { name, revision: 1, url: `${topurl}/repos/${tag}/latest/`, path: undefined }
      }).pipe(mapped("publish")),
    contents: (name) =>
      Effect.map(known("contents", name), (held) => [...new Set((held?.contents ?? []).map(contentId))].sort()),
    remove: (name) =>
      Effect.gen(function*() {
        const module = repositories.get(name)
        repositories.delete(name)
        const from = module === undefined ? undefined : yield* existing(tagsFor(module.platform))
        if (module === undefined || from === undefined) return
        yield* hub.writeAll(
          module.variants.map((devel) =>
            KojiCall.make("untagBuild", [from, ModuleImport.nvr(module.subject, devel)], { strict: false })
          )
        ).pipe(Effect.catchTag("ResultLost", () => Effect.void))
      }).pipe(mapped("remove"))
  }
}

/** A repository host on a hub of its own, whose sessions end with the layer. */
export const layer = (
  options: KojiHub.Options & { readonly settings?: Settings | undefined }
): Layer.Layer<RepositoryHost> =>
  Layer.effect(RepositoryHost, Effect.map(KojiHub.scoped(options), (hub) => make(hub, options.settings)))
