/**
 * Makes the metadata by which `dnf` reads a directory of packages, and reads back which packages it lists.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Zlib from "node:zlib"
import * as RpmTool from "./RpmTool.ts"

/** Creates `repodata` for the packages below `directory`; what `previous` knows of the same files is taken over. */
export const create = Effect.fn("Repodata.create")(
  function*(directory: string, previous: string | undefined, modules: string | undefined) {
    const reuse = previous !== undefined && Fs.existsSync(Path.join(previous, "repodata", "repomd.xml"))
      ? ["--update", "--update-md-path", previous]
      : []
    const args = ["--quiet", "--no-database", "--general-compress-type=gz", "--workers=2", ...reuse, directory]
    yield* RpmTool.run("createrepo_c", args)
    if (modules === undefined) return
    const repodata = Path.join(directory, "repodata")
    // An update would take over the old module metadata; the new one replaces it.
    yield* RpmTool.run("modifyrepo_c", ["--mdtype=modules", "--compress-type=gz", modules, repodata])
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

/** File names, without directories, of the packages that the metadata lists. */
export const packages = (directory: string): ReadonlySet<string> => {
  const href = files(directory).get("primary")
  if (href === undefined) return new Set()
  const path = Path.join(directory, href)
  if (!Fs.existsSync(path)) return new Set()
  const text = Zlib.gunzipSync(Fs.readFileSync(path), { maxOutputLength: maxPrimaryBytes }).toString("utf8")
  return new Set(
    [...text.matchAll(/<location (?:xml:base="[^"]*" )?href="([^"]+)"/g)].map(([, name = ""]) =>
      Path.posix.basename(unescape(name))
    )
  )
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'" }
const unescape = (text: string): string => text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
