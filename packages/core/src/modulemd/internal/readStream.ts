/**
 * Readers of module streams v1 and v2: keys, types and the rules across keys (modulemd-stream specification v1 and v2).
 */
import * as ModuleStreamV1 from "../ModuleStreamV1.ts"
import * as ModuleStreamV2 from "../ModuleStreamV2.ts"
import type { ReadingProfile } from "../ReadingProfile.ts"
import { checkComponents } from "./checkComponents.ts"
import type { DocumentReader, Fields, ForeignKeys, Read } from "./documentReader.ts"
import { boolean, find, isNull, mapOf, quote, record, text, u64, within } from "./documentReader.ts"
import { artifacts, artifactsV1 } from "./readArtifacts.ts"
import * as Content from "./readContent.ts"
import { date } from "./readDates.ts"
import { described, type Field } from "./readDescribed.ts"
import { warnUnquoted } from "./typedScalar.ts"
import type { YamlNode } from "./yamlNode.ts"

const architectures = new Set(
  ("noarch x86_64 x86_64_v2 x86_64_v3 i386 i486 i586 i686 aarch64 armv7hl armv7hnl armv6hl armhfp ppc ppc64 ppc64le " +
    "s390 s390x riscv64 loongarch64 mips mipsel mips64 mips64el sparc64 ia64 alpha src nosrc").split(" ")
)

/** A part of N:S:V:C:A: no colon in it, and not empty. */
export const namePart = (blanksAllowed: boolean): Read<string> => (reader, node) => {
  const value = text(reader, node)
  if (node.kind !== "scalar") return value
  const shown = quote(value)
  if (value === "" || isNull(node)) {
    reader.strict("name-invalid", node, "must not be empty", "leave the key out or name it")
  } else if (value.includes(":")) {
    reader.strict("name-invalid", node, `${shown} holds a colon, which separates N:S:V:C:A`)
  } // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  else if (/[\s\u0000-\u001f]/.test(value)) {
    if (blanksAllowed) reader.warn("name-invalid", node, `${shown} holds white space`)
    else reader.strict("name-invalid", node, `${shown} holds white space`)
  } else if (/[*?[\]]/.test(value)) {
    reader.warn("name-glob", node, `${shown} looks like a pattern; it is compared letter by letter`)
  }
  return value
}

const moduleName = namePart(false)
const streamPart = namePart(true)

/** A stream's name; plain YAML numbers and booleans work here, but other readers shorten `1.10` to 1.1. */
export const streamName: Read<string> = (reader, node) => {
  const value = streamPart(reader, node)
  if (!isNull(node)) warnUnquoted(reader, node)
  return value
}

/** The version 0 is what libmodulemd calls unset, and is read as absent. */
const version: Read<bigint | undefined> = (reader, node) => {
  const value = u64(reader, node)
  return value === 0n ? undefined : value
}

const arch: Read<string> = (reader, node) => {
  const value = text(reader, node)
  if (node.kind === "scalar" && !architectures.has(value)) {
    reader.warn("arch-unknown", node, `${quote(value)} is not an architecture known to rpm`)
  }
  return value
}

type V1 = Content.Draft<ModuleStreamV1.ModuleStreamV1>
type V2 = Content.Draft<ModuleStreamV2.ModuleStreamV2>

/** The keys both versions have, with the same meaning. */
const shared = <D extends V1 | V2>(): Array<Field<D>> => [
  ...described<D>(Content.profiles(false)),
  ["name", (draft, reader, node) => {
    draft.name = moduleName(reader, node)
  }],
  ["stream", (draft, reader, node) => {
    draft.stream = streamName(reader, node)
  }],
  ["version", (draft, reader, node) => {
    draft.version = version(reader, node)
  }],
  ["context", (draft, reader, node) => {
    draft.context = text(reader, node)
    if (!isNull(node)) warnUnquoted(reader, node)
  }],
  ["arch", (draft, reader, node) => {
    draft.arch = arch(reader, node)
  }],
  ["servicelevels", (draft, reader, node) => {
    draft.servicelevels = new Map([...draft.servicelevels, ...Content.servicelevels(reader, node)])
  }],
  ["license", (draft, reader, node) => {
    draft.license = Content.license(reader, node)
  }],
  ["xmd", (draft, reader, node) => {
    draft.xmd = Content.xmd(reader, node)
  }],
  ["buildopts", (draft, reader, node) => {
    draft.buildopts = Content.buildopts(reader, node)
  }]
]

const fieldsV2: Fields<V2> = new Map([
  ...shared<V2>(),
  ["static_context", (draft: V2, reader: DocumentReader, node: YamlNode) => {
    draft.staticContext = boolean(reader, node)
  }],
  ["dependencies", (draft: V2, reader: DocumentReader, node: YamlNode) => {
    draft.dependencies = Content.dependencies(reader, node)
  }],
  ["demodularized", (draft: V2, reader: DocumentReader, node: YamlNode) => {
    draft.demodularized = Content.rpmSet(reader, node)
  }],
  ["artifacts", (draft: V2, reader: DocumentReader, node: YamlNode) => {
    draft.artifacts = artifacts(reader, node)
  }]
])

const foreignV2: ForeignKeys = {
  eol: "it is a key of stream v1; write servicelevels: {rawhide: {eol: ...}}",
  configurations: "it is a key of packager v3 documents",
  module: "it is a key of defaults, obsoletes and translations; a stream has name"
}

const oneStream: Read<string> = (reader, node) => {
  warnUnquoted(reader, node)
  if (node.kind === "scalar") return node.value
  reader.error("dependencies-form", node, `expected one stream, found a ${node.kind}`, "lists of streams are stream v2")
  return ""
}

/** Module to its one stream; a module that comes twice is an error to libmodulemd, too. */
const streamMap: Read<ReadonlyMap<string, string>> = mapOf(oneStream)

const dependencyFieldsV1: Fields<V1> = new Map(
  [
    ["buildrequires", (draft, reader, node) => {
      draft.buildrequires = streamMap(reader, node)
    }],
    ["requires", (draft, reader, node) => {
      draft.requires = streamMap(reader, node)
    }]
  ] as const
)

const fieldsV1: Fields<V1> = new Map([
  ...shared<V1>(),
  ["eol", (draft: V1, reader: DocumentReader, node: YamlNode) => {
    draft.servicelevels = new Map([...draft.servicelevels, ["rawhide", { eol: date(reader, node) }]])
  }],
  ["dependencies", (draft: V1, reader: DocumentReader, node: YamlNode) => {
    if (node.kind !== "sequence") record(reader, node, draft, dependencyFieldsV1, "dependencies")
    else {
      reader.error(
        "dependencies-form",
        node,
        "expected one mapping, found a list",
        "a list of dependencies is stream v2"
      )
    }
  }],
  ["artifacts", (draft: V1, reader: DocumentReader, node: YamlNode) => {
    draft.artifacts = artifactsV1(reader, node)
  }]
])

const foreignV1: ForeignKeys = {
  static_context: "it is a key of stream v2",
  demodularized: "it is a key of stream v2",
  configurations: "it is a key of packager v3 documents"
}

/** Whether a stream is one of a repository: by the profile, or in the auto profile by the keys a build system adds. */
const isRepositoryStream = (reader: DocumentReader, data: YamlNode): boolean =>
  reader.profile === "repository" ||
  (reader.profile === "auto" &&
    ["version", "context", "arch", "artifacts"].some((key) => find(data, key) !== undefined))

const asSource: ReadonlyArray<ReadingProfile> = ["source", "compat"]

export const missing = (reader: DocumentReader, data: YamlNode, keys: ReadonlyArray<string>): void => {
  for (const key of keys) if (find(data, key) === undefined) reader.error("missing", data, `${key} is mandatory`)
}

const checkStream = (reader: DocumentReader, data: YamlNode): void => {
  missing(reader, data, ["summary", "description", "license"])
  const absent = ["name", "stream"].filter((key) => find(data, key) === undefined)
  if (absent.length > 0) {
    const message = `${absent.join(" and ")}: mandatory in a repository`
    // A source may leave out what a repository needs, and what libmodulemd reads as one needs nothing.
    if (isRepositoryStream(reader, data)) reader.error("name-missing", data, message, undefined, asSource)
    else if (reader.profile === "auto") {
      reader.warn(
        "name-missing",
        data,
        message,
        "fine in a package source, where they come from the repository and branch"
      )
    }
  }
}

export const streamV2: Read<ModuleStreamV2.ModuleStreamV2> = (reader, data) => {
  const draft: V2 = ModuleStreamV2.make({})
  if (!record(reader, data, draft, fieldsV2, "stream v2", foreignV2, draft)) return draft
  checkStream(reader, data)
  within(reader, "context", () => checkContext(reader, data, draft))
  const node = find(data, "components")
  if (node !== undefined) checkComponents(reader, node, draft.components, draft.buildopts.arches)
  return draft
}

const checkContext = (reader: DocumentReader, data: YamlNode, { context, staticContext }: V2): void => {
  const node = find(data, "context") ?? data
  const form = context === undefined || /^[A-Za-z0-9_]{1,13}$/.test(context)
  if (staticContext && context === undefined) {
    if (isRepositoryStream(reader, data)) {
      reader.error(
        "static-context-missing",
        node,
        "static_context promises a context, but there is none",
        undefined,
        asSource
      )
    } else reader.warn("static-context-missing", node, "static_context has no effect without context")
  } else if (!form) {
    const message = `${quote(context)} is not 1 to 13 of a-z, A-Z, 0-9 and _`
    if (staticContext) reader.error("static-context-form", node, message)
    else reader.warn("context-form", node, message)
  }
}

export const streamV1: Read<ModuleStreamV1.ModuleStreamV1> = (reader, data) => {
  const draft: V1 = ModuleStreamV1.make({})
  if (!record(reader, data, draft, fieldsV1, "stream v1", foreignV1, draft)) return draft
  checkStream(reader, data)
  const node = find(data, "components")
  if (node !== undefined) checkComponents(reader, node, draft.components, [])
  return draft
}
