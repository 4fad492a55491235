/** The files of a commit: all of them by name, and the contents of those that are wanted, by one process however many they are. */
import type { Interface, SourceControlError } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import type { Finished } from "../programs/Subprocess.ts"
import * as GitTree from "./GitTree.ts"

/** Runs git on a bare copy. */
export type Ask = (
  repository: string,
  gitDir: string,
  args: ReadonlyArray<string>,
  maxOutputBytes: number,
  stdin?: Uint8Array
) => Effect.Effect<Finished, SourceControlError>

export type TreeRequest = Parameters<Interface["readTree"]>[0]
type Tree = Effect.Success<ReturnType<Interface["readTree"]>>

/** What a line about one object takes. */
const lineBytes = 128

/** Everything below a commit, as long as its listing has at most `maxBytes`. */
export const list = (ask: Ask, repository: string, gitDir: string, commit: string, maxBytes: number) =>
  Effect.map(
    ask(repository, gitDir, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit], maxBytes),
    ({ stdout }) => GitTree.parse(stdout.toString("utf8"))
  )

/** The tree with these entries; undefined where git does not have what it lists. */
export const read = Effect.fnUntraced(function*(
  ask: Ask,
  gitDir: string,
  { maxBytes, repository, wanted }: TreeRequest,
  entries: ReadonlyArray<GitTree.GitTreeEntry>
): Effect.fn.Return<Tree | undefined, SourceControlError> {
  const chosen = entries.filter(({ kind, path, size }) => kind === "file" && size <= maxBytes && wanted(path))
  const sizes = new Map(chosen.map(({ object, size }) => [object, size]))
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size + lineBytes, 0)
  const names = Buffer.from([...sizes.keys()].map((object) => `${object}\n`).join(""))
  const found = sizes.size === 0
    ? new Map<string, Uint8Array>()
    : parse((yield* ask(repository, gitDir, ["cat-file", "--batch"], bytes, names)).stdout)
  if (found.size < sizes.size) return undefined
  return {
    entries: new Map(entries.flatMap(({ kind, path, size }) => kind === "directory" ? [] : [[path, { kind, size }]])),
    contents: new Map(chosen.map(({ object, path }) => [path, found.get(object)!]))
  }
})

const newline = 10

/**
 * What `git cat-file --batch` prints, by name: for each object a line with its name, kind and size, and its content. Objects that
 * git does not have are left out, and so is one that is cut short.
 */
const parse = (output: Uint8Array): ReadonlyMap<string, Uint8Array> => {
  const found = new Map<string, Uint8Array>()
  let at = 0
  while (at < output.length) {
    const end = output.indexOf(newline, at)
    if (end < 0) break
    const [name = "", , size] = new TextDecoder().decode(output.subarray(at, end)).split(" ")
    at = end + 1
    // The line of an object that is missing has no size.
    if (size === undefined) continue
    const until = at + Number(size)
    if (!(until < output.length)) break
    found.set(name, new Uint8Array(output.subarray(at, until)))
    at = until + 1
  }
  return found
}
