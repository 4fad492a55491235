/**
 * Verifies packages with the public keys of a platform and nothing else: signature and digests, of header and payload.
 *
 * The keys lie in a key ring of their own that is made for the call, so what this machine trusts for itself plays no part.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import * as RpmTool from "../localbuild/RpmTool.ts"
import * as PackageHeaders from "./PackageHeaders.ts"

/** The paths whose signature and digests are right, of what rpmkeys printed about these. */
export const parse = (text: string, paths: ReadonlyArray<string>): ReadonlySet<string> => {
  const said = new Map<string, { signed: boolean; bad: boolean }>()
  const known = new Set(paths.map((path) => `${path}:`))
  let current: { signed: boolean; bad: boolean } | undefined
  for (const line of text.split("\n")) {
    if (known.has(line)) {
      current = { signed: false, bad: false }
      said.set(line.slice(0, -1), current)
    } else if (current !== undefined && line.startsWith(" ")) {
      if (/ Signature, key ID [0-9a-f]+: OK$/i.test(line)) current.signed = true
      else if (/: BAD\b/.test(line)) current.bad = true
    }
  }
  return new Set([...said].flatMap(([path, { bad, signed }]) => signed && !bad ? [path] : []))
}

const temporary = Effect.acquireRelease(
  Effect.promise(() => Fs.mkdtemp(Path.join(Os.tmpdir(), "orch-keys-"))),
  (directory) => Effect.promise(() => Fs.rm(directory, { recursive: true, force: true }))
)

/** Of the files below `root`, those that one of the armoured keys signed and that are whole. */
export const verified = (
  root: string,
  paths: ReadonlyArray<string>,
  keys: ReadonlyArray<string>
): Effect.Effect<ReadonlySet<string>, PackageHeaders.HeadersUnreadable> =>
  Effect.scoped(Effect.gen(function*() {
    const directory = yield* temporary
    const database = ["--dbpath", Path.join(directory, "db")]
    for (const [index, key] of keys.entries()) {
      const file = Path.join(directory, `${index}.asc`)
      yield* Effect.promise(() => Fs.writeFile(file, key))
      yield* Effect.mapError(
        RpmTool.run("rpmkeys", [...database, "--import", file]),
        ({ message }) =>
          new PackageHeaders.HeadersUnreadable({
            message: `a public key of the platform cannot be read: ${message}`,
            isRetryable: false
          })
      )
    }
    const good = yield* Effect.forEach(
      PackageHeaders.batches(paths),
      Effect.fnUntraced(function*(some) {
        const given = new Map(some.map((path) => [PackageHeaders.relative(root, path), path]))
        const said = yield* Effect.mapError(
          RpmTool.told("rpmkeys", [...database, "--checksig", "-v", ...given.keys()], { cwd: root }),
          PackageHeaders.unreadable
        )
        return [...parse(said, [...given.keys()])].map((path) => given.get(path)!)
      }),
      { concurrency: 2 }
    )
    return new Set(good.flat())
  }))
