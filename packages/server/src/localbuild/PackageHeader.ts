/**
 * What the header of a package file says, asked once of rpm: a file that several parts of the server look at is opened for the first of them.
 */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as RpmTool from "./RpmTool.ts"

/** What a package says of itself. */
export interface PackageHeader {
  /** `name-epoch:version-release.arch`, `src` for a source package. */
  readonly nevra: string
  /** File name of the source package it was made from; `(none)` for a source package. */
  readonly source: string
  readonly license: string
  /** When it was built, in Unix seconds. */
  readonly built: number
}

const query =
  "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%|SOURCERPM?{%{ARCH}}:{src}|\\t%{SOURCERPM}\\t%{BUILDTIME}\\t%{LICENSE}\\n"

/** Headers that are remembered. */
const most = 4_096
const known = new Map<string, PackageHeader>()

/** A file that was written anew is another one. */
const keyOf = (path: string): string => {
  const { ctimeMs, dev, ino, mtimeMs, size } = Fs.statSync(path)
  return [path, dev, ino, size, mtimeMs, ctimeMs].join("\0")
}

const remember = (key: string, header: PackageHeader): void => {
  for (const oldest of known.keys()) {
    if (known.size < most) break
    known.delete(oldest)
  }
  known.set(key, header)
}

/** What rpm said of one file. */
const parse = (line: string): PackageHeader => {
  const [nevra = "", source = "", built = "", ...license] = line.split("\t")
  return { nevra, source, license: license.join("\t"), built: Number(built) }
}

// rpm expands patterns and macros in the names of files, so it is given no directory that may have some.
const ask = (directory: string, files: ReadonlyArray<string>) =>
  RpmTool.run(
    "rpm",
    ["-qp", "--nosignature", "--nodigest", "--qf", query, ...files.map((file) => `./${file}`)],
    { cwd: directory }
  )

/** Files that are asked about at once. */
const together = 200

/** The nearest folder that all of these files are below. */
const above = (paths: ReadonlyArray<string>): string => {
  let folder = Path.dirname(paths[0]!)
  while (!paths.every((path) => path.startsWith(folder === "/" ? "/" : `${folder}/`))) folder = Path.dirname(folder)
  return folder
}

/**
 * Reads the headers of files by one question for many of them, so that `read` knows them afterwards: starting rpm takes longer than reading. Files
 * that cannot be asked about together are left to `read`, which says what is wrong with them.
 */
export const readAhead = Effect.fnUntraced(function*(paths: ReadonlyArray<string>) {
  const unknown = [...new Set(paths)].filter((path) => Fs.existsSync(path) && !known.has(keyOf(path)))
  for (let from = 0; unknown.length - from > 1; from += together) {
    const asked = unknown.slice(from, from + together)
    const folder = above(asked)
    const files = asked.map((path) => Path.relative(folder, path))
    if (!files.every((file) => /^[A-Za-z0-9._/+-]+$/.test(file))) continue
    const keys = asked.map(keyOf)
    const said = yield* Effect.orElseSucceed(ask(folder, files), () => "")
    const lines = said.split("\n").filter((line) => line !== "")
    if (lines.length === keys.length) { for (const [index, key] of keys.entries()) remember(key, parse(lines[index]!)) }
  }
})

/** Reads the header of the file. Fails with `RpmToolError`: `failed` where it is no package. */
export const read = Effect.fnUntraced(
  function*(path: string): Effect.fn.Return<PackageHeader, RpmTool.RpmToolError> {
    const key = yield* Effect.try({
      try: () => keyOf(path),
      catch: () => new RpmTool.RpmToolError({ reason: "failed", message: `there is no file ${path}` })
    })
    const before = known.get(key)
    if (before !== undefined) return before
    const header = parse((yield* ask(Path.dirname(path), [Path.basename(path)])).trim())
    remember(key, header)
    return header
  }
)

/** Files that are looked at before anybody asks for them, at the same time. */
const ahead = Semaphore.makeUnsafe(2)

/** With these bytes packages begin. */
const magic = Buffer.from([0xed, 0xab, 0xee, 0xdb])

const isPackage = async (path: string): Promise<boolean> => {
  const file = await Fs.promises.open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
    return bytesRead === magic.length && buffer.equals(magic)
  } finally {
    await file.close()
  }
}

/** Reads the header of a file that somebody will ask about soon; what is no package is left alone. Never fails. */
export const expect = (path: string): Effect.Effect<void> =>
  Semaphore.withPermit(
    ahead,
    Effect.tryPromise(() => isPackage(path)).pipe(
      Effect.flatMap((is) => is ? read(path) : Effect.void),
      Effect.ignore
    )
  )
