/** What the files of packages say of themselves: identity, source, needs, offers and the key they are signed with. Many at once. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import * as RpmTool from "../localbuild/RpmTool.ts"

/** What a package's header says. */
export interface Header {
  /** `name-epoch:version-release.arch`. */
  readonly nevra: string
  /** Name of its source package. */
  readonly source: string
  /** File name of its source package; its own where it is one. */
  readonly sourceFile: string
  /** Id of the key that its signature names, 16 hexadecimal digits; absent where it has none. Nothing is verified here. */
  readonly keyId: string | undefined
  readonly requires: ReadonlyArray<string>
  readonly provides: ReadonlyArray<string>
}

/** Packages cannot be looked at; `isRetryable` says whether it may work later. */
export class HeadersUnreadable extends Data.TaggedError("HeadersUnreadable")<{
  readonly message: string
  readonly isRetryable: boolean
}> {}

const query = [
  "@%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%|SOURCERPM?{%{ARCH}}:{src}|\\t%{SOURCERPM}\\t",
  "%|RSAHEADER?{%{RSAHEADER:pgpsig}}:{%|DSAHEADER?{%{DSAHEADER:pgpsig}}:{none}|}|\\n",
  "[R%{REQUIRENEVRS}\\n][P%{PROVIDENEVRS}\\n]"
].join("")

const nameOf = (fileName: string): string => fileName.replace(/-[^-]+-[^-]+\.(?:no)?src\.rpm$/, "")

const parse = (text: string): Header => {
  const [first = "", ...lines] = text.split("\n")
  const [nevra = "", sourceRpm = "", signature = ""] = first.split("\t")
  const own = `${nevra.replace(/-\d+:/, "-")}.rpm`
  const sourceFile = sourceRpm === "(none)" ? own : sourceRpm
  return {
    nevra,
    source: nameOf(sourceFile),
    sourceFile,
    keyId: /key id ([0-9a-f]{16})/i.exec(signature)?.[1]?.toUpperCase(),
    requires: lines.flatMap((line) => line.startsWith("R") ? [line.slice(1)] : []),
    provides: lines.flatMap((line) => line.startsWith("P") ? [line.slice(1)] : [])
  }
}

/** Files in one call: the line of a command may hold some 100,000 bytes. */
const batch = 100

export const batches = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / batch) }, (_, index) => all.slice(index * batch, (index + 1) * batch))

export const unreadable = ({ message, reason }: RpmTool.RpmToolError): HeadersUnreadable =>
  new HeadersUnreadable({ message, isRetryable: reason !== "failed" })

/** rpm expands patterns and macros in names of files; those of the store hold none, and are given from its root. */
export const relative = (root: string, path: string): string => `./${Path.relative(root, path)}`

/** The headers of the files, in their order; all lie below `root`. */
export const read = (
  root: string,
  paths: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Header>, HeadersUnreadable> =>
  Effect.forEach(
    batches(paths),
    Effect.fnUntraced(function*(some): Effect.fn.Return<ReadonlyArray<Header>, HeadersUnreadable> {
      const args = ["-qp", "--nosignature", "--nodigest", "--qf", query, ...some.map((path) => relative(root, path))]
      const text = yield* Effect.mapError(RpmTool.run("rpm", args, { cwd: root }), unreadable)
      const found = `\n${text}`.split("\n@").slice(1).map(parse)
      if (found.length !== some.length) {
        return yield* new HeadersUnreadable({
          message: `rpm told of ${found.length} of ${some.length} packages`,
          isRetryable: false
        })
      }
      return found
    }),
    { concurrency: 2 }
  ).pipe(Effect.map((all) => all.flat()))
