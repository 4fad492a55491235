/**
 * All module metadata of a repository: streams, defaults, obsoletes and translations by module.
 *
 * An index keeps every distinct document it was given; which one counts is decided when it is asked. So merging two
 * indexes is the union of their documents, associative and independent of order, and adding is linear. Streams are kept
 * as version 2; the identity of a stream is its exact N:S:V:C:A (nothing is a pattern, nothing missing a wildcard).
 */
import type * as Option from "effect/Option"
import { fromNullishOr } from "effect/Option"
import { compareText } from "../internal/codePointOrder.ts"
import { matches } from "../internal/glob.ts"
import type { Conflict, Entry } from "./IndexConflict.ts"
import * as Resolve from "./internal/resolveIndex.ts"
import { writeDocument } from "./internal/writeDocument.ts"
import type { ModuleDefaults } from "./ModuleDefaults.ts"
import type { ModulemdDocument } from "./ModulemdDocument.ts"
import { nsvca } from "./ModulemdDocument.ts"
import * as Upgrade from "./ModulemdUpgrade.ts"
import type { ModuleObsoletes } from "./ModuleObsoletes.ts"
import type { ModuleStreamV2 } from "./ModuleStreamV2.ts"
import type { ModuleTranslations } from "./ModuleTranslations.ts"

/** The documents of one module. */
export interface Module {
  readonly name: string
  /** By N:S:V:C:A. */
  readonly streams: ReadonlyMap<string, ReadonlyArray<Entry<ModuleStreamV2>>>
  readonly defaults: ReadonlyArray<Entry<ModuleDefaults>>
  /** By stream, context and time of modification. */
  readonly obsoletes: ReadonlyMap<string, ReadonlyArray<Entry<ModuleObsoletes>>>
  /** By stream. */
  readonly translations: ReadonlyMap<string, ReadonlyArray<Entry<ModuleTranslations>>>
}

/**
 * Documents of any number of modules, by the module's name. Values are never changed: every function returns a new
 * index.
 */
export interface ModuleIndex {
  readonly modules: ReadonlyMap<string, Module>
}

/** The index without documents. */
export const empty: ModuleIndex = { modules: new Map() }

/** An index, and what could not go into it. */
export interface Loaded {
  readonly index: ModuleIndex
  /** Documents an index has no place for: packager documents, and streams without name or stream. */
  readonly left: ReadonlyArray<ModulemdDocument>
}

/**
 * An index of the documents; all of them have the priority given, 0 when it is not. Never fails: contradictions are
 * kept and told by `conflicts`.
 *
 * ```ts run
 * import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
 * import * as ModuleDefaults from "@orch/core/modulemd/ModuleDefaults"
 *
 * const older = ModuleDefaults.make({ module: "perl", stream: "5.26", modified: 202001010000n })
 * const newer = ModuleDefaults.make({ module: "perl", stream: "5.30", modified: 202101010000n })
 * const { index } = ModuleIndex.fromDocuments([newer, older])
 * ModuleIndex.defaultStreams(index).get("perl") // => "5.30"
 * ```
 */
export const fromDocuments = (documents: Iterable<ModulemdDocument>, priority = 0): Loaded =>
  addAll(empty, documents, priority)

/** The index with the documents added, in time linear in both. The index given stays as it is. */
export const addAll = (self: ModuleIndex, documents: Iterable<ModulemdDocument>, priority = 0): Loaded => {
  const builder = new Builder(self)
  const left: Array<ModulemdDocument> = []
  for (const document of documents) if (!builder.add(document, priority)) left.push(document)
  return { index: builder.build(), left }
}

/** The index with one document more. For many, `addAll` is the linear way. */
export const add = (self: ModuleIndex, document: ModulemdDocument, priority = 0): ModuleIndex =>
  addAll(self, [document], priority).index

/** The index of the documents of all, each with the priority it was added with. */
export const merge = (...indexes: ReadonlyArray<ModuleIndex>): ModuleIndex => {
  const builder = new Builder(empty)
  for (const index of indexes) {
    for (const module of index.modules.values()) {
      for (const entry of entries(module)) builder.add(entry.document, entry.priority)
    }
  }
  return builder.build()
}

/**
 * The index whose documents override those of `base`, as if each had a priority higher than any there. A build that
 * both have stays as `base` has it.
 */
export const override = (base: ModuleIndex, overrides: ModuleIndex): ModuleIndex => {
  const all = (index: ModuleIndex) => [...index.modules.values()].flatMap((module) => [...entries(module)])
  const above = Math.max(0, ...all(base).map(({ priority }) => priority + 1))
  const below = Math.min(0, ...all(overrides).map(({ priority }) => priority))
  const builder = new Builder(base)
  for (const { document, priority } of all(overrides)) builder.add(document, above + priority - below)
  return builder.build()
}

/** The index without any document of the module; the same documents where it has none. */
export const removeModule = (self: ModuleIndex, name: string): ModuleIndex => {
  const modules = new Map(self.modules)
  modules.delete(name)
  return { modules }
}

/** The index without the build of that N:S:V:C:A, all its duplicates included; the same documents where it has none. */
export const removeStream = (self: ModuleIndex, key: string): ModuleIndex => {
  const modules = new Map(self.modules)
  for (const [name, module] of modules) {
    if (!module.streams.has(key)) continue
    const streams = new Map(module.streams)
    streams.delete(key)
    modules.set(name, { ...module, streams })
  }
  return { modules }
}

/** The names of all modules of which the index has any document, in order of code points. */
export const moduleNames = (self: ModuleIndex): ReadonlyArray<string> => [...self.modules.keys()].sort(compareText)

/**
 * The build of exactly that `name:stream:version:context:arch` (trailing empty parts left out), or none. Of
 * contradicting duplicates it is the one with the lowest priority, because a build never changes.
 */
export const getStream = (self: ModuleIndex, key: string): Option.Option<ModuleStreamV2> => {
  for (const module of candidates(self, key)) {
    const found = module.streams.get(key)
    if (found !== undefined) return fromNullishOr(Resolve.stream(module.name, key, found).value)
  }
  return fromNullishOr<ModuleStreamV2 | undefined>(undefined)
}

/** A key names its module up to the first colon; only names with a colon in them need the search. */
const candidates = (self: ModuleIndex, key: string): Iterable<Module> => {
  const module = self.modules.get(key.split(":", 1)[0]!)
  return module === undefined ? self.modules.values() : [module]
}

/** Shell patterns for the parts; a part left out matches everything. */
export interface StreamPattern {
  readonly name?: string
  readonly stream?: string
  readonly version?: string
  readonly context?: string
  readonly arch?: string
}

/** The matching builds, by name, stream, version (newest first), context and arch; empty when none matches. */
export const search = (self: ModuleIndex, pattern: StreamPattern = {}): ReadonlyArray<ModuleStreamV2> => {
  const fits = (part: string | undefined, value: string | undefined) => part === undefined || matches(part, value ?? "")
  const found: Array<ModuleStreamV2> = []
  for (const module of self.modules.values()) {
    if (!fits(pattern.name, module.name)) continue
    for (const stream of resolved(module)) {
      if (
        fits(pattern.stream, stream.stream) && fits(pattern.version, (stream.version ?? 0n).toString()) &&
        fits(pattern.context, stream.context) && fits(pattern.arch, stream.arch)
      ) found.push(stream)
    }
  }
  return found.sort(streamOrder)
}

/** The builds whose `name:stream:version:context:arch` matches the pattern as a whole. */
export const searchNsvca = (self: ModuleIndex, pattern: string): ReadonlyArray<ModuleStreamV2> =>
  [...self.modules.values()].flatMap((module) => resolved(module).filter((stream) => matches(pattern, nsvca(stream))))
    .sort(streamOrder)

/** The builds with an artifact that fits; see `matchingRpms`. */
export const searchRpms = (self: ModuleIndex, pattern: string): ReadonlyArray<ModuleStreamV2> =>
  [...self.modules.values()].flatMap((module) =>
    resolved(module).filter((stream) => matchingRpms(stream, pattern).length > 0)
  ).sort(streamOrder)

/**
 * The artifacts of a stream that fit a shell pattern: the whole `name-epoch:version-release.arch`, or where the pattern
 * has no colon the name alone.
 */
export const matchingRpms = (stream: ModuleStreamV2, pattern: string): ReadonlyArray<string> => {
  const isWhole = pattern.includes(":")
  return stream.artifacts.rpms.filter((nevra) =>
    matches(pattern, isWhole ? nevra : nevra.replace(/-[0-9]+:[^:]*$/, "")) || (!isWhole && matches(pattern, nevra))
  )
}

/** The defaults of a module after merging what is there, or none where no document has any. */
export const getDefaults = (self: ModuleIndex, module: string): Option.Option<ModuleDefaults> => {
  const found = self.modules.get(module)?.defaults ?? []
  return fromNullishOr(found.length === 0 ? undefined : Resolve.defaults(module, found).value)
}

/**
 * Module to its default stream; an intent's own stream goes before the general one. Modules without a default stream
 * are absent.
 */
export const defaultStreams = (self: ModuleIndex, intent?: string): ReadonlyMap<string, string> => {
  const streams = new Map<string, string>()
  for (const name of moduleNames(self)) {
    const { defaults } = self.modules.get(name)!
    if (defaults.length === 0) continue
    const { intents, stream } = Resolve.defaults(name, defaults).value
    const chosen = (intent === undefined ? undefined : intents.get(intent)?.stream) ?? stream
    if (chosen !== undefined) streams.set(name, chosen)
  }
  return streams
}

/** The default profiles of a stream; empty when there are none. */
export const defaultProfiles = (
  self: ModuleIndex,
  module: string,
  stream: string,
  intent?: string
): ReadonlyArray<string> => {
  const found = self.modules.get(module)?.defaults ?? []
  if (found.length === 0) return []
  const { intents, profiles } = Resolve.defaults(module, found).value
  return (intent === undefined ? undefined : intents.get(intent)?.profiles.get(stream)) ?? profiles.get(stream) ?? []
}

/**
 * The obsoletes in force for a stream (and context) at a moment (`YYYY-MM-DDTHH:MMZ`): of those whose end of life has
 * come the newest, one for the very context before one for all. There are none where no end of life has come yet, or
 * where the newest takes the others back.
 */
export const getObsoletes = (
  self: ModuleIndex,
  module: string,
  stream: string,
  context: string | undefined,
  now: string
): Option.Option<ModuleObsoletes> => {
  let active: ModuleObsoletes | undefined
  const found = self.modules.get(module)
  for (const document of found === undefined ? [] : resolvedObsoletes(found)) {
    if (document.stream !== stream || (document.context !== undefined && document.context !== context)) continue
    if (document.eolDate !== undefined && document.eolDate > now) continue
    if (
      active === undefined || document.modified > active.modified ||
      (document.modified === active.modified && document.context !== undefined)
    ) active = document
  }
  return fromNullishOr(active?.reset === true ? undefined : active)
}

/** The translations of a stream: the newest document for it, or none. */
export const getTranslations = (
  self: ModuleIndex,
  module: string,
  stream: string
): Option.Option<ModuleTranslations> => {
  const found = self.modules.get(module)?.translations.get(stream)
  return fromNullishOr(found === undefined ? undefined : Resolve.translations(module, stream, found).value)
}

/** The index without the `xmd` of its streams. Duplicates that differed in nothing else become one. */
export const clearXmd = (self: ModuleIndex): ModuleIndex => {
  const builder = new Builder(empty)
  for (const module of self.modules.values()) {
    for (const { document, priority } of entries(module)) {
      builder.add(document._tag === "ModuleStreamV2" ? { ...document, xmd: undefined } : document, priority)
    }
  }
  return builder.build()
}

/** What counts of the index, in canonical order: per module defaults, obsoletes, translations, streams. */
export const documents = (self: ModuleIndex): ReadonlyArray<ModulemdDocument> =>
  moduleNames(self).flatMap((name): ReadonlyArray<ModulemdDocument> => {
    const module = self.modules.get(name)!
    return [
      ...(module.defaults.length === 0 ? [] : [Resolve.defaults(name, module.defaults).value]),
      ...resolvedObsoletes(module),
      ...[...module.translations].map(([stream, found]) => Resolve.translations(name, `${name}:${stream}`, found).value)
        .sort((a, b) => compareText(a.stream, b.stream)),
      ...[...resolved(module)].sort(streamOrder)
    ]
  })

/** The index as canonical text, a document after the other; "" for an empty one. */
export const write = (self: ModuleIndex): string => documents(self).map(writeDocument).join("")

/** Everything in the index that contradicts something else in it, by module; empty where all agree. */
export const conflicts = (self: ModuleIndex): ReadonlyArray<Conflict> =>
  moduleNames(self).flatMap((name) => {
    const module = self.modules.get(name)!
    const several = <A>(map: ReadonlyMap<string, ReadonlyArray<A>>) =>
      [...map].filter(([, found]) => found.length > 1).sort((a, b) => compareText(a[0], b[0]))
    return [
      ...(module.defaults.length > 1 ? Resolve.defaults(name, module.defaults).conflicts : []),
      ...several(module.obsoletes).flatMap(([key, found]) =>
        Resolve.obsoletes(name, `${name}:${key}`, found).conflicts
      ),
      ...several(module.translations).flatMap(([key, found]) =>
        Resolve.translations(name, `${name}:${key}`, found).conflicts
      ),
      ...several(module.streams).flatMap(([key, found]) => Resolve.stream(name, key, found).conflicts)
    ]
  })

/**
 * Orders streams for `sort`: by name, stream, version (newest first), context and arch. Negative where `a` comes first.
 */
export const streamOrder = (a: ModuleStreamV2, b: ModuleStreamV2): number =>
  compareText(a.name ?? "", b.name ?? "") || compareText(a.stream ?? "", b.stream ?? "") ||
  compareVersions(b.version ?? 0n, a.version ?? 0n) || compareText(a.context ?? "", b.context ?? "") ||
  compareText(a.arch ?? "", b.arch ?? "")

const compareVersions = (a: bigint, b: bigint): number => a < b ? -1 : a > b ? 1 : 0

const resolved = (module: Module): ReadonlyArray<ModuleStreamV2> =>
  [...module.streams].map(([key, found]) =>
    found.length === 1 ? found[0]!.document : Resolve.stream(module.name, key, found).value
  )

const resolvedObsoletes = (module: Module): ReadonlyArray<ModuleObsoletes> =>
  [...module.obsoletes].sort((a, b) => compareText(a[0], b[0]))
    .map(([key, found]) => Resolve.obsoletes(module.name, key, found).value)

const entries = function*(module: Module): Iterable<Entry<ModulemdDocument>> {
  yield* module.defaults
  for (const found of module.obsoletes.values()) yield* found
  for (const found of module.translations.values()) yield* found
  for (const found of module.streams.values()) yield* found
}

interface Draft {
  readonly name: string
  readonly streams: Map<string, Array<Entry<ModuleStreamV2>>>
  readonly defaults: Array<Entry<ModuleDefaults>>
  readonly obsoletes: Map<string, Array<Entry<ModuleObsoletes>>>
  readonly translations: Map<string, Array<Entry<ModuleTranslations>>>
}

/** Copies a module the first time it is changed. */
class Builder {
  private readonly modules: Map<string, Module>
  private readonly drafts = new Map<string, Draft>()

  constructor(base: ModuleIndex) {
    this.modules = new Map(base.modules)
  }

  add(document: ModulemdDocument, priority: number): boolean {
    switch (document._tag) {
      case "ModuleStreamV1":
        return this.add(Upgrade.streamV1(document), priority)
      case "ModuleStreamV2":
        if (document.name === undefined || document.stream === undefined) return false
        put(this.draft(document.name).streams, nsvca(document), { document, priority })
        return true
      case "ModuleDefaults":
        Resolve.addEntry(this.draft(document.module).defaults, { document, priority })
        return true
      case "ModuleObsoletes":
        put(
          this.draft(document.module).obsoletes,
          `${document.stream}:${document.context ?? ""}:${document.modified}`,
          { document, priority }
        )
        return true
      case "ModuleTranslations":
        put(this.draft(document.module).translations, document.stream, { document, priority })
        return true
      default:
        return false
    }
  }

  private draft(name: string): Draft {
    const present = this.drafts.get(name)
    if (present !== undefined) return present
    const base = this.modules.get(name)
    const draft: Draft = {
      name,
      streams: copy(base?.streams),
      defaults: [...(base?.defaults ?? [])],
      obsoletes: copy(base?.obsoletes),
      translations: copy(base?.translations)
    }
    this.drafts.set(name, draft)
    return draft
  }

  build(): ModuleIndex {
    for (const [name, draft] of this.drafts) this.modules.set(name, draft)
    return { modules: this.modules }
  }
}

const copy = <A>(map: ReadonlyMap<string, ReadonlyArray<A>> | undefined): Map<string, Array<A>> =>
  new Map([...(map ?? [])].map(([key, found]) => [key, [...found]]))

const put = <A extends ModulemdDocument>(map: Map<string, Array<Entry<A>>>, key: string, entry: Entry<A>): void => {
  const found = map.get(key)
  if (found === undefined) map.set(key, [entry])
  else Resolve.addEntry(found, entry)
}
