/**
 * Makes the metadata by which `dnf` reads a directory of packages, and reads back which packages it lists.
 */
import * as Effect from "effect/Effect"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Zlib from "node:zlib"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as PrimaryMetadata from "./PrimaryMetadata.ts"
import * as RpmTool from "./RpmTool.ts"

/** What each repository has; `createrepo_c --update` takes over other metadata, which may be of another state. */
const own: ReadonlySet<string> = new Set(["primary", "filelists", "other"])

/** Unix seconds of the newest package below a directory; 0 when there is none. */
const newest = (directory: string): number =>
  Fs.readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".rpm"))
    .reduce((latest, entry) => {
      const { mtimeMs } = Fs.statSync(Path.join(entry.parentPath, entry.name))
      return Math.max(latest, Math.floor(mtimeMs / 1000))
    }, 0)

const sha256 = (content: Uint8Array): string => Crypto.createHash("sha256").update(content).digest("hex")

/** What a repository has beside its packages. */
export interface Beside {
  /** Documents of modules. */
  readonly modules?: string | undefined
  /** What it tells of, as XML. */
  readonly updates?: string | undefined
}

/** Puts further metadata beside the others, and answers the element that names it. */
const addFile = (repodata: string, type: string, file: string, text: string, timestamp: number): string => {
  const open = Buffer.from(text, "utf8")
  const packed = Zlib.gzipSync(open, { level: 9 })
  const name = `${sha256(packed)}-${file}.gz`
  Fs.writeFileSync(Path.join(repodata, name), packed)
  return [
    `  <data type="${type}">`,
    `    <checksum type="sha256">${sha256(packed)}</checksum>`,
    `    <open-checksum type="sha256">${sha256(open)}</open-checksum>`,
    `    <location href="repodata/${name}"/>`,
    `    <timestamp>${timestamp}</timestamp>`,
    `    <size>${packed.length}</size>`,
    `    <open-size>${open.length}</open-size>`,
    "  </data>",
    ""
  ].join("\n")
}

/** Completes what createrepo_c made: module metadata, nothing that is not named, and files as old as they are. */
const complete = async (directory: string, { modules, updates }: Beside, timestamp: number): Promise<void> => {
  const repodata = Path.join(directory, "repodata")
  const index = Path.join(repodata, "repomd.xml")
  const kept = Fs.readFileSync(index, "utf8").replace(
    /[ \t]*<data type="([^"]+)">.*?<\/data>\n?/gs,
    (whole, type: string) => own.has(type) ? whole : ""
  )
  const added = [
    modules === undefined ? "" : addFile(repodata, "modules", "modules.yaml", modules, timestamp),
    updates === undefined ? "" : addFile(repodata, "updateinfo", "updateinfo.xml", updates, timestamp)
  ].join("")
  await AtomicFile.write(index, kept.replace("</repomd>", `${added}</repomd>`))
  const named = new Set(["repomd.xml", ...[...files(directory).values()].map((href) => Path.basename(href))])
  // The times that createrepo_c gives its files are those of packages: clients would take a newer index for an older one.
  const now = new Date()
  for (const name of Fs.readdirSync(repodata)) {
    const path = Path.join(repodata, name)
    if (named.has(name)) Fs.utimesSync(path, now, now)
    else Fs.rmSync(path, { recursive: true })
  }
}

/** What createrepo_c makes where there is no package, by file name: always the same, so it is asked once. */
let empty: ReadonlyMap<string, Buffer> | undefined

const isEmpty = (directory: string): boolean =>
  !Fs.readdirSync(directory, { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".rpm"))

const writeEmpty = (directory: string, made: ReadonlyMap<string, Buffer>): void => {
  Fs.mkdirSync(Path.join(directory, "repodata"))
  for (const [name, content] of made) Fs.writeFileSync(Path.join(directory, "repodata", name), content)
}

const readEmpty = (directory: string): ReadonlyMap<string, Buffer> => {
  const repodata = Path.join(directory, "repodata")
  return new Map(Fs.readdirSync(repodata).map((name) => [name, Fs.readFileSync(Path.join(repodata, name))]))
}

/**
 * Creates `repodata` for the packages below `directory` and what is beside them; what `previous` knows of the same
 * files is taken over. The same packages, as old as before, and the same documents give the same bytes under the same
 * names, whoever makes them. Fails when createrepo_c is missing, refuses or does not end.
 */
export const create = Effect.fn("Repodata.create")(
  function*(directory: string, previous: string | undefined, beside: Beside) {
    const reuse = previous !== undefined && Fs.existsSync(Path.join(previous, "repodata", "repomd.xml"))
      ? ["--update", "--update-md-path", previous]
      : []
    const timestamp = newest(directory)
    const hasNone = isEmpty(directory) && !Fs.existsSync(Path.join(directory, "repodata"))
    if (hasNone && empty !== undefined) {
      writeEmpty(directory, empty)
      return yield* Effect.promise(() => complete(directory, beside, timestamp))
    }
    yield* RpmTool.run("createrepo_c", [
      "--quiet",
      "--no-database",
      "--general-compress-type=gz",
      "--workers=2",
      `--revision=${timestamp}`,
      "--set-timestamp-to-revision",
      ...reuse,
      directory
    ])
    if (hasNone) empty = readEmpty(directory)
    yield* Effect.promise(() => complete(directory, beside, timestamp))
  }
)

const maxPrimaryBytes = 512 * 1024 * 1024

/** File names of metadata by type, such as `primary`; empty where there is no readable `repomd.xml`. */
export const files = (directory: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const path = Path.join(directory, "repodata", "repomd.xml")
  if (!Fs.existsSync(path)) return found
  const text = Fs.readFileSync(path, "utf8")
  for (const [, type = "", body = ""] of text.matchAll(/<data type="([^"]+)">(.*?)<\/data>/gs)) {
    const href = /<location href="([^"]+)"/.exec(body)?.[1]
    if (href !== undefined) found.set(type, href)
  }
  return found
}

/** The text of the metadata that lists packages; empty where there is none. */
const primary = (directory: string): string => {
  const href = files(directory).get("primary")
  const path = href === undefined ? undefined : Path.join(directory, href)
  return path === undefined || !Fs.existsSync(path)
    ? ""
    : Zlib.gunzipSync(Fs.readFileSync(path), { maxOutputLength: maxPrimaryBytes }).toString("utf8")
}

/** The packages that the metadata lists, with what it says of each. */
export const listed = (directory: string): ReadonlyArray<PrimaryMetadata.ListedPackage> => {
  const text = primary(directory)
  return text === "" ? [] : PrimaryMetadata.parse(text)
}

/** File names, without directories, of the packages that the metadata lists. */
export const packages = (directory: string): ReadonlySet<string> => {
  const text = primary(directory)
  return new Set(
    [...text.matchAll(/<location (?:xml:base="[^"]*" )?href="([^"]+)"/g)].map(([, name = ""]) =>
      Path.posix.basename(unescape(name))
    )
  )
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'" }
const unescape = (text: string): string => text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
