/** What readers of a published repository see: its metadata, fetched as dnf fetches it. */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as ModulemdDocument from "@orch/core/modulemd/ModulemdDocument"
import * as Zlib from "node:zlib"

export interface Repodata {
  /** NEVRAs, sorted. */
  readonly packages: ReadonlyArray<string>
  /** SHA-256 of the packages' files, sorted. */
  readonly checksums: ReadonlyArray<string>
  readonly modules: ReadonlyArray<string>
  /** The modules' documents as they are. */
  readonly moduleText: string
  /** What it tells of, as XML; empty where it tells nothing. */
  readonly updates: string
}

const fetchBytes = async (url: string): Promise<Buffer | undefined> => {
  const response = await fetch(url)
  const bytes = Buffer.from(await response.arrayBuffer())
  return response.ok ? bytes : undefined
}

const unpacked = (name: string, bytes: Buffer): string => {
  if (name.endsWith(".gz")) return Zlib.gunzipSync(bytes).toString()
  return name.endsWith(".zst") ? Zlib.zstdDecompressSync(bytes).toString() : bytes.toString()
}

/** `undefined` where nothing is published. */
export const read = async (url: string): Promise<Repodata | undefined> => {
  const repomd = (await fetchBytes(`${url}repodata/repomd.xml`))?.toString()
  if (repomd === undefined) return undefined
  const text = async (type: string): Promise<string> => {
    const href = new RegExp(String.raw`<data type="${type}">[\s\S]*?<location href="([^"]+)"`).exec(repomd)?.[1]
    if (href === undefined) return ""
    const bytes = await fetchBytes(url + href)
    if (bytes === undefined) throw new Error(`${url}${href} is not there`)
    return unpacked(href, bytes)
  }
  const entries = [...(await text("primary")).matchAll(
    /<name>([^<]+)<\/name>\s*<arch>([^<]+)<\/arch>\s*<version epoch="(\d+)" ver="([^"]+)" rel="([^"]+)"\s*\/>\s*<checksum[^>]*>([0-9a-f]+)</g
  )]
  const moduleText = await text("modules")
  return {
    packages: entries.map(([, name, arch, epoch, version, release]) => `${name}-${epoch}:${version}-${release}.${arch}`)
      .sort(),
    checksums: entries.map((entry) => entry[6]!).sort(),
    modules: Modulemd.read(moduleText).documents.map(ModulemdDocument.nsvca).sort(),
    moduleText,
    updates: await text("updateinfo")
  }
}
