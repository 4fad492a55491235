/** Reader of `artifacts`: the list of built packages, and the map that says which is which by checksum. */
import { compareText } from "../../internal/codePointOrder.ts"
import type * as ModuleContent from "../ModuleContent.ts"
import type { DocumentReader, Fields, Keeper, Read } from "./documentReader.ts"
import { mapOf, quote, record, set, text, u64 } from "./documentReader.ts"
import { checkNevra, formatNevra } from "./nevra.ts"
import type { Draft } from "./readContent.ts"
import type { YamlNode } from "./yamlNode.ts"

const artifactRpms: Read<ReadonlyArray<string>> = (reader, node) => {
  const rpms = set(reader, node)
  if (node.kind === "sequence") {
    for (let i = 0; i < node.items.length; i++) {
      const item = node.items[i]!
      if (item.kind === "scalar") checkNevra(reader, item, i)
    }
  } else if (rpms.length > 0) checkNevra(reader, node)
  return rpms.some((rpm) => !rpm.includes(":")) && reader.profile === "compat"
    ? rpms.map((rpm) => rpm.includes(":") ? rpm : rpm.replace(/-(?=[^-]+-[^-]+$)/, "-0:")).sort(compareText)
    : rpms
}

interface RpmMapDraft extends Keeper {
  name?: string
  epoch?: bigint
  version?: string
  release?: string
  arch?: string
  nevra?: string
}

const rpmMapFields: Fields<RpmMapDraft> = new Map([
  ...(["name", "version", "release", "arch", "nevra"] as const).map((name) =>
    [name, (draft: RpmMapDraft, reader: DocumentReader, node: YamlNode) => {
      draft[name] = text(reader, node)
    }] as const
  ),
  ["epoch", (draft: RpmMapDraft, reader: DocumentReader, node: YamlNode) => {
    draft.epoch = u64(reader, node)
    if (draft.epoch > 0xffffffffn) {
      reader.strict("integer-range", node, `an epoch has 32 bits, ${draft.epoch} is beyond`)
    }
  }] as const
])

const rpmMapEntry: Read<ModuleContent.RpmMapEntry> = (reader, node) => {
  const draft: RpmMapDraft = {}
  const ok = record(reader, node, draft, rpmMapFields, "an rpm-map entry", {}, draft)
  const { name = "", epoch = 0n, version = "", release = "", arch = "", nevra = "" } = draft
  const missing = (["name", "version", "release", "arch", "nevra"] as const).filter((key) => draft[key] === undefined)
  if (ok && missing.length > 0) reader.error("missing", node, `${missing.join(", ")}: mandatory in an rpm-map entry`)
  const { unknown } = draft
  const entry = { name, epoch, version, release, arch, nevra, ...(unknown === undefined ? {} : { unknown }) }
  if (ok && missing.length === 0 && nevra !== formatNevra(entry)) {
    reader.error("rpm-map-mismatch", node, `nevra says ${quote(nevra)}, its parts say ${quote(formatNevra(entry))}`)
  }
  return entry
}

const digests = new Set(["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])

const rpmMap: Read<ModuleContent.Artifacts["rpmMap"]> = (reader, node) => {
  const map = mapOf(mapOf(rpmMapEntry))(reader, node)
  for (const digest of map.keys()) {
    if (!digests.has(digest)) reader.warn("digest-unknown", node, `${quote(digest)} is not a known digest`)
  }
  return map
}

const artifactFields: Fields<Draft<ModuleContent.Artifacts>> = new Map(
  [
    ["rpms", (draft, reader, node) => {
      draft.rpms = artifactRpms(reader, node)
    }],
    ["rpm-map", (draft, reader, node) => {
      draft.rpmMap = rpmMap(reader, node)
    }]
  ] as const
)

const artifactFieldsV1: Fields<Draft<ModuleContent.Artifacts>> = new Map([["rpms", artifactFields.get("rpms")!]])

export const artifacts: Read<ModuleContent.Artifacts> = (reader, node) => {
  const draft: Draft<ModuleContent.Artifacts> = { rpms: [], rpmMap: new Map() }
  record(reader, node, draft, artifactFields, "artifacts", {}, draft)
  for (const checksums of draft.rpmMap.values()) {
    for (const [checksum, { nevra }] of checksums) {
      if (!draft.rpms.includes(nevra)) {
        reader.strict("rpm-map-not-in-artifacts", node, `rpm-map ${quote(checksum)}: ${nevra} is not in artifacts.rpms`)
      }
    }
  }
  return draft
}

export const artifactsV1: Read<ReadonlyArray<string>> = (reader, node) => {
  const draft: Draft<ModuleContent.Artifacts> = { rpms: [], rpmMap: new Map() }
  record(reader, node, draft, artifactFieldsV1, "artifacts", { "rpm-map": "it is a key of stream v2" })
  return draft.rpms
}
