/**
 * Readers of `components.rpms` and `components.modules`, and the rules between components (buildorder, buildafter, arches).
 */
import type * as Component from "../ModulemdComponent.ts"
import type { DocumentReader, Fields, ForeignKeys, Keeper, Read } from "./documentReader.ts"
import { boolean, i64, isNull, mapOf, record, set, text } from "./documentReader.ts"
import type { Draft } from "./readContent.ts"
import { warnUnquoted } from "./typedScalar.ts"
import type { YamlNode } from "./yamlNode.ts"

type TextKey = "rationale" | "name" | "repository" | "cache"

const textField =
  <K extends TextKey>(name: K) => (draft: { [P in K]: string | undefined }, reader: DocumentReader, node: YamlNode) => {
    draft[name] = text(reader, node)
  }

/** A branch, tag or commit; branches are often called like streams. */
const refField = (draft: { ref: string | undefined }, reader: DocumentReader, node: YamlNode) => {
  draft.ref = text(reader, node)
  if (!isNull(node)) warnUnquoted(reader, node)
}

/** Old RHEL 8 tooling printed the buildorder -1 as an unsigned number. */
const overflowed = "18446744073709551615"

const buildorder = (draft: { buildorder: bigint }, reader: DocumentReader, node: YamlNode) => {
  if (node.kind === "scalar" && node.value === overflowed) {
    if (reader.repair("buildorder-overflow", node, `${overflowed} is beyond 2^63-1`, "-1")) draft.buildorder = -1n
  } else draft.buildorder = i64(reader, node)
}

const rpmFields: Fields<Draft<Component.RpmComponent>> = new Map<
  string,
  (draft: Draft<Component.RpmComponent>, reader: DocumentReader, node: YamlNode) => void
>([
  ["rationale", textField("rationale")],
  ["name", textField("name")],
  ["repository", textField("repository")],
  ["cache", textField("cache")],
  ["ref", refField],
  ["buildroot", (draft, reader, node) => {
    draft.buildroot = boolean(reader, node)
  }],
  ["srpm-buildroot", (draft, reader, node) => {
    draft.srpmBuildroot = boolean(reader, node)
  }],
  ["buildorder", buildorder],
  ["buildafter", (draft, reader, node) => {
    draft.buildafter = set(reader, node)
  }],
  ["buildonly", (draft, reader, node) => {
    draft.buildonly = boolean(reader, node)
  }],
  ["arches", (draft, reader, node) => {
    draft.arches = set(reader, node)
  }],
  ["multilib", (draft, reader, node) => {
    draft.multilib = set(reader, node)
  }]
])

const moduleFields: Fields<Draft<Component.ModuleComponent>> = new Map<
  string,
  (draft: Draft<Component.ModuleComponent>, reader: DocumentReader, node: YamlNode) => void
>([
  ["rationale", textField("rationale")],
  ["repository", textField("repository")],
  ["ref", refField],
  ["buildorder", buildorder],
  ["buildonly", (draft, reader, node) => {
    draft.buildonly = boolean(reader, node)
  }]
])

const moduleForeign: ForeignKeys = Object.fromEntries(
  [...rpmFields.keys()].filter((key) => !moduleFields.has(key)).map((key) => [key, "it is a key of package components"])
)

const component = <D extends Keeper>(
  make: () => D & { rationale: string | undefined },
  fields: Fields<D & { rationale: string | undefined }>,
  place: string,
  foreign: ForeignKeys
): Read<D & { rationale: string | undefined }> =>
(reader, node) => {
  const draft = make()
  if (isNull(node)) {
    reader.error("component-null", node, "a component is a mapping", "write {} for a component without keys")
  } else if (record(reader, node, draft, fields, place, foreign, draft) && draft.rationale === undefined) {
    reader.warn("rationale-missing", node, "a component should say why it is part of the module", "add rationale:")
  }
  return draft
}

const rpmDraft = (): Draft<Component.RpmComponent> => ({
  rationale: undefined,
  name: undefined,
  repository: undefined,
  cache: undefined,
  ref: undefined,
  buildroot: false,
  srpmBuildroot: false,
  buildonly: false,
  buildorder: 0n,
  buildafter: [],
  arches: [],
  multilib: []
})

const moduleDraft = (): Draft<Component.ModuleComponent> => ({
  rationale: undefined,
  repository: undefined,
  ref: undefined,
  buildorder: 0n,
  buildonly: false
})

const readRpms = mapOf<Component.RpmComponent>(component(rpmDraft, rpmFields, "a package component", {}))
const readModules = mapOf<Component.ModuleComponent>(
  component(moduleDraft, moduleFields, "a module component", moduleForeign)
)

const componentFields: Fields<Draft<Component.Components>> = new Map(
  [
    ["rpms", (draft, reader, node) => {
      draft.rpms = readRpms(reader, node)
    }],
    ["modules", (draft, reader, node) => {
      draft.modules = readModules(reader, node)
    }]
  ] as const
)

export const components: Read<Component.Components> = (reader, node) => {
  const draft: Draft<Component.Components> = { rpms: new Map(), modules: new Map() }
  record(reader, node, draft, componentFields, "components", {}, draft)
  return draft
}
