/** What the metadata of a finished compose says: its `rpms.json` and `modules.json`, as productmd writes them. Nothing is read here. */
import * as Nevra from "@orch/core/Nevra"
import * as Result from "effect/Result"

/** A compose with what it is made of. */
export interface Compose {
  /** Such as `Fedora-29-20180815.n.0`. */
  readonly id: string
  /** What it is a compose of, without date and respin: `Fedora-29.n`. The newest one of a product counts. */
  readonly product: string
  /** Later ones of a product have later texts. */
  readonly rank: string
  /** Names of source packages. */
  readonly packages: ReadonlyArray<string>
  /** Names of binary packages with those of their sources. */
  readonly offers: ReadonlyArray<{ readonly capability: string; readonly package: string }>
  readonly modules: ReadonlyArray<ComposeModule>
}

/** A module of a compose. */
export interface ComposeModule {
  /** Name, stream, version and context; parts that nobody said are empty. */
  readonly uid: string
  readonly name: string
  readonly stream: string
  /** Names of its source packages. */
  readonly packages: ReadonlyArray<string>
  /** Where its document lies, below the directory of the compose. */
  readonly documents: ReadonlyArray<string>
}

type Json = Readonly<Record<string, unknown>>

const object = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as Json : {}
const text = (value: unknown): string => typeof value === "string" ? value : typeof value === "number" ? `${value}` : ""
const texts = (value: unknown): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : []

const nameOf = (nevra: string): string | undefined => {
  const parsed = Nevra.parse(nevra.replace(/\.rpm$/, ""))
  return Result.isSuccess(parsed) ? parsed.success.name : undefined
}

const id = /^(.+)-(\d{8})(?:\.([a-z]+))?\.(\d+)$/

/** Product and rank of a compose; `undefined` for a text that names none. */
export const identify = (name: string): Pick<Compose, "id" | "product" | "rank"> | undefined => {
  const found = id.exec(name)
  if (found === null || name.length > 300) return undefined
  const [, product = "", date = "", type, respin = "0"] = found
  return {
    id: name,
    product: type === undefined ? product : `${product}.${type}`,
    rank: `${date}.${respin.padStart(6, "0")}`
  }
}

const composeOf = (document: unknown) => text(object(object(object(document)["payload"])["compose"])["id"])

/** What stands under each variant and architecture. */
const places = (table: unknown): ReadonlyArray<Json> =>
  Object.values(object(table)).flatMap((variant) => Object.values(object(variant)).map(object))

/** The sources of binary packages, from `rpms.json`; older ones call the list `manifest`. */
const sourcesIn = (rpms: unknown): ReadonlyMap<string, string> => {
  const payload = object(object(rpms)["payload"])
  const found = new Map<string, string>()
  for (const place of places(payload["rpms"] ?? payload["manifest"])) {
    for (const [source, binaries] of Object.entries(place)) {
      const name = nameOf(source)
      if (name === undefined) continue
      for (
        const [binary, { category }] of Object.entries(object(binaries)).map(([key, one]) =>
          [key, object(one)] as const
        )
      ) {
        const own = category === "source" || /\.(?:no)?src(?:\.rpm)?$/.test(binary) ? undefined : nameOf(binary)
        if (own !== undefined) found.set(own, name)
      }
      if (!found.has(name)) found.set(name, name)
    }
  }
  return found
}

const modulesIn = (modules: unknown, sources: ReadonlyMap<string, string>): ReadonlyArray<ComposeModule> => {
  const found = new Map<string, { packages: Set<string>; documents: Set<string>; name: string; stream: string }>()
  const payload = object(object(modules)["payload"])
  for (const place of places(payload["modules"])) {
    for (const [uid, entry] of Object.entries(place)) {
      const metadata = { ...object(entry), ...object(object(entry)["metadata"]) }
      const [first = "", second = ""] = (text(metadata["uid"]) || uid).split(":")
      const name = text(metadata["name"]) || first
      const stream = text(metadata["stream"]) || second
      if (name === "" || stream === "") continue
      const one = found.get(uid) ?? { packages: new Set(), documents: new Set(), name, stream }
      for (const nevra of texts(object(entry)["rpms"])) {
        const own = nameOf(nevra)
        const isSource = /\.(?:no)?src(?:\.rpm)?$/.test(nevra)
        const source = own === undefined ? undefined : isSource ? own : sources.get(own)
        if (source !== undefined) one.packages.add(source)
      }
      const path = metadata["modulemd_path"]
      for (const each of typeof path === "string" ? [path] : Object.values(object(path))) {
        if (typeof each === "string") one.documents.add(each)
      }
      found.set(uid, one)
    }
  }
  return [...found].map(([uid, { documents, name, packages, stream }]) => ({
    uid,
    name,
    stream,
    packages: [...packages],
    documents: [...documents]
  }))
}

/** Reads a compose from either or both of its documents; says what is wrong where they are not of one compose. */
export const read = (rpms: unknown, modules: unknown): Result.Result<Compose, string> => {
  const names = [...new Set([rpms, modules].filter((one) => one !== undefined).map(composeOf))]
  const [name = ""] = names
  if (names.length > 1) return Result.fail("rpms.json and modules.json are of different composes")
  const identity = identify(name)
  if (identity === undefined) return Result.fail("payload.compose.id must be an id such as Fedora-29-20180815.n.0")
  const sources = sourcesIn(rpms)
  return Result.succeed({
    ...identity,
    packages: [...new Set(sources.values())],
    offers: [...sources].map(([capability, source]) => ({ capability, package: source })),
    modules: modulesIn(modules, sources)
  })
}
