/**
 * Advice beyond validity: what is allowed and still probably a mistake, for a whole index at a given day.
 */
import { compareText } from "../internal/codePointOrder.ts"
import { formatPath } from "./internal/problemPath.ts"
import { isExpression } from "./internal/spdx.ts"
import { twins } from "./internal/streamTwin.ts"
import type { ModulemdDocument } from "./ModulemdDocument.ts"
import { nsvca } from "./ModulemdDocument.ts"
import type { ModulePackagerV2 } from "./ModulePackagerV2.ts"
import type { ModulePackagerV3 } from "./ModulePackagerV3.ts"
import type { ModuleStreamV1 } from "./ModuleStreamV1.ts"
import type { ModuleStreamV2 } from "./ModuleStreamV2.ts"

/** Stable names of everything that is advised; `docs/modulemd/problems.md` explains each. */
export type LintCode =
  | "license-not-spdx"
  | "content-license-missing"
  | "rationale-missing"
  | "ref-missing"
  | "eol-past"
  | "api-not-in-artifacts"
  | "profile-not-in-artifacts"
  | "filter-of-api"
  | "default-stream-unknown"
  | "default-profile-unknown"
  | "obsoleted-by-unknown"
  | "translation-of-unknown"
  | "stream-lost-zero"

/** One piece of advice about one document. */
export interface Lint {
  readonly code: LintCode
  /** Index of the document among those given. */
  readonly document: number
  /** N:S:V:C:A or module and stream. */
  readonly subject: string
  /** Where in the document, as `data.components.rpms.foo`. */
  readonly path: string
  readonly message: string
}

/** What advice depends on besides the documents. */
export interface LintOptions {
  /** `YYYY-MM-DD`; ends of life before it are reported. Without it none are. */
  readonly today?: string
  /** All documents that are there, where those checked are only some of them. */
  readonly among?: ReadonlyArray<ModulemdDocument>
}

/** Streams that are there by module, and the profiles of each. */
type Known = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>

/**
 * Advice for documents that belong together, such as those of one file or repository; empty where there is none.
 * Defaults, obsoletes and translations are only compared with streams where at least one stream is among the documents.
 */
export const check = (documents: ReadonlyArray<ModulemdDocument>, options: LintOptions = {}): ReadonlyArray<Lint> => {
  const found: Array<Lint> = []
  const known = streamsOf(options.among ?? documents)
  documents.forEach((document, index) => {
    const add = (code: LintCode, path: string, message: string) =>
      found.push({ code, document: index, subject: nsvca(document), path, message })
    if (
      document._tag === "ModuleDefaults" || document._tag === "ModuleObsoletes" ||
      document._tag === "ModuleTranslations"
    ) {
      if (known.size > 0) references(document, known, add)
    } else {
      content(document, options, add)
      requirements(document, known, add)
    }
  })
  return found
}

const streamsOf = (documents: ReadonlyArray<ModulemdDocument>): Known => {
  const known = new Map<string, Map<string, Set<string>>>()
  for (const document of documents) {
    if (document._tag !== "ModuleStreamV1" && document._tag !== "ModuleStreamV2") continue
    if (document.name === undefined) continue
    const streams = known.get(document.name) ?? new Map<string, Set<string>>()
    const profiles = streams.get(document.stream ?? "") ?? new Set()
    for (const profile of document.profiles.keys()) profiles.add(profile)
    known.set(document.name, streams.set(document.stream ?? "", profiles))
  }
  return known
}

type Add = (code: LintCode, path: string, message: string) => void
type Content = ModuleStreamV1 | ModuleStreamV2 | ModulePackagerV2 | ModulePackagerV3

const content = (self: Content, { today }: LintOptions, add: Add): void => {
  const licenses = Array.isArray(self.license)
    ? { module: self.license as ReadonlyArray<string>, content: [] }
    : self.license as ModuleStreamV2["license"]
  for (const [place, list] of [["module", licenses.module], ["content", licenses.content]] as const) {
    for (const license of list) {
      if (!isExpression(license)) {
        add(
          "license-not-spdx",
          formatPath(["data", "license", place]),
          `${JSON.stringify(license)} is not an SPDX licence expression`
        )
      }
    }
  }
  for (const [name, component] of self.components.rpms) {
    const path = formatPath(["data", "components", "rpms", name])
    if (component.rationale === undefined) add("rationale-missing", path, "says not why it is part of the module")
    if (component.ref === undefined) {
      add("ref-missing", path, "has no ref, so whatever is on the default branch is built")
    }
  }
  for (const name of self.filter) {
    if (self.api.includes(name)) {
      add("filter-of-api", "data.filter.rpms", `${name} is filtered out, yet part of the api`)
    }
  }
  if (self._tag === "ModuleStreamV1" || self._tag === "ModuleStreamV2") built(self, today, add)
}

const built = (self: ModuleStreamV1 | ModuleStreamV2, today: string | undefined, add: Add): void => {
  for (const [name, { eol }] of self.servicelevels) {
    if (today !== undefined && eol !== undefined && eol < today) {
      add("eol-past", formatPath(["data", "servicelevels", name, "eol"]), `ended on ${eol}`)
    }
  }
  const artifacts = self._tag === "ModuleStreamV1" ? self.artifacts : self.artifacts.rpms
  if (artifacts.length === 0) return
  if (self.license.content.length === 0) {
    add("content-license-missing", "data.license.content", "there are artifacts, but no licences of them")
  }
  const names = new Set(artifacts.map((nevra) => nevra.replace(/-[^-]*-[^-]*$/, "")))
  for (const name of self.api) {
    if (!names.has(name)) add("api-not-in-artifacts", "data.api.rpms", `${name} is not among the artifacts`)
  }
  for (const [profile, { rpms }] of self.profiles) {
    for (const name of rpms) {
      // The buildroot profiles name packages of other modules and of the platform.
      if (names.has(name) || profile === "buildroot" || profile === "srpm-buildroot") continue
      add(
        "profile-not-in-artifacts",
        formatPath(["data", "profiles", profile, "rpms"]),
        `${name} is not among the artifacts`
      )
    }
  }
}

/** Streams that are required and not there, while one is that some readers take for the same. */
const requirements = (self: Content, known: Known, add: Add): void => {
  for (const { module, path, stream } of required(self)) {
    const excluded = stream.startsWith("-")
    const name = excluded ? stream.slice(1) : stream
    const there = lostZero(known, module, name)
    if (there === undefined) continue
    add(
      "stream-lost-zero",
      path,
      `${module}:${name} is ${excluded ? "excluded" : "required"} and not there, but ${there}: quote streams`
    )
  }
}

interface Required {
  readonly module: string
  readonly stream: string
  readonly path: string
}

const required = (self: Content): ReadonlyArray<Required> => {
  const section = (path: ReadonlyArray<string | number>, map: ReadonlyMap<string, string | ReadonlyArray<string>>) =>
    [...map].flatMap(([module, streams]) =>
      [streams].flat().map((stream): Required => ({ module, stream, path: formatPath([...path, module]) }))
    )
  const sections = (
    path: ReadonlyArray<string | number>,
    element: Record<"buildrequires" | "requires", Parameters<typeof section>[1]>
  ) => [
    ...section([...path, "buildrequires"], element.buildrequires),
    ...section([...path, "requires"], element.requires)
  ]
  switch (self._tag) {
    case "ModuleStreamV1":
      return sections(["data", "dependencies"], self)
    case "ModulePackagerV3":
      return self.configurations.flatMap((one, i) => [
        ...sections(["data", "configurations", i], one),
        { module: "platform", stream: one.platform, path: formatPath(["data", "configurations", i, "platform"]) }
      ])
    default:
      return self.dependencies.flatMap((one, i) => sections(["data", "dependencies", i], one))
  }
}

/** The streams of the module that are meant where the one named is not there: "lang:5.30 is". */
const lostZero = (known: Known, module: string, stream: string): string | undefined => {
  const streams = known.get(module)
  if (streams === undefined || streams.has(stream)) return undefined
  const meant = twins(stream, streams.keys()).toSorted(compareText)
  return meant.length === 0
    ? undefined
    : `${meant.map((twin) => `${module}:${twin}`).join(" and ")} ${meant.length === 1 ? "is" : "are"}`
}

const references = (
  document: Extract<ModulemdDocument, { readonly module: string }>,
  known: Known,
  add: Add
): void => {
  const module = document.module
  const has = (name: string, stream: string) => known.get(name)?.has(stream) === true
  const meant = (path: string, name: string, stream: string) => {
    const there = lostZero(known, name, stream)
    if (there !== undefined) {
      add("stream-lost-zero", path, `${name}:${stream} is named and not there, but ${there}: quote streams`)
    }
  }
  if (document._tag === "ModuleTranslations") {
    if (!has(module, document.stream)) {
      add("translation-of-unknown", "data.stream", `there is no ${module}:${document.stream}`)
    }
    meant("data.stream", module, document.stream)
  } else if (document._tag === "ModuleObsoletes") {
    const by = document.obsoletedBy
    if (by !== undefined && !has(by.module, by.stream)) {
      add("obsoleted-by-unknown", "data.obsoleted_by", `there is no ${by.module}:${by.stream}`)
    }
    meant("data.stream", module, document.stream)
    if (by !== undefined) meant("data.obsoleted_by.stream", by.module, by.stream)
  } else {
    if (document.stream !== undefined && !has(module, document.stream)) {
      add("default-stream-unknown", "data.stream", `there is no ${module}:${document.stream}`)
    }
    if (document.stream !== undefined) meant("data.stream", module, document.stream)
    for (const [name, { profiles, stream }] of document.intents) {
      if (stream !== undefined) meant(formatPath(["data", "intents", name, "stream"]), module, stream)
      for (const key of profiles.keys()) meant(formatPath(["data", "intents", name, "profiles", key]), module, key)
    }
    for (const [stream, profiles] of document.profiles) {
      meant(formatPath(["data", "profiles", stream]), module, stream)
      const present = known.get(module)?.get(stream)
      for (const profile of [...profiles].sort(compareText)) {
        if (present !== undefined && !present.has(profile)) {
          add(
            "default-profile-unknown",
            formatPath(["data", "profiles", stream]),
            `${module}:${stream} has no profile ${profile}`
          )
        }
      }
    }
  }
}
