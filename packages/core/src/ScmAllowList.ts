/**
 * Which repositories builds may be fetched from: a list of URL prefixes, nothing by default.
 *
 * A prefix matches by scheme, host and port, and whole path segments, after both sides were normalised by `ScmUrl`, so
 * that `https://example.org/modules` admits `/modules/foo.git` but not `/modules-of-others/foo.git`. MBS compares the
 * bare texts (`scmurl.startswith`), which lets such neighbours in.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as ScmUrl from "./ScmUrl.ts"

/** Prefixes of which one must match. An empty list allows nothing. */
export interface ScmAllowList {
  readonly prefixes: ReadonlyArray<Prefix>
}

/** One entry: a scheme and a host with its port, both as in `ScmUrl`, and the first segments of the path. */
export interface Prefix {
  readonly scheme: ScmUrl.Scheme
  readonly authority: string
  /** Without slashes; empty when the whole host is allowed. */
  readonly segments: ReadonlyArray<string>
}

/**
 * Why an entry of a list cannot be read: the reason that `ScmUrl` gives for it, or `PathOrRef` where it holds `?` or
 * `#`.
 */
export class InvalidScmAllowList extends Data.TaggedError("InvalidScmAllowList")<{
  readonly entry: string
  readonly reason: ScmUrl.Reason | "PathOrRef"
}> {
  override get message(): string {
    return this.reason === "PathOrRef"
      ? `${JSON.stringify(this.entry)} in the list of allowed SCM URLs must be a prefix, without '?' and '#'`
      : `${JSON.stringify(this.entry)} in the list of allowed SCM URLs cannot be read (${this.reason})`
  }
}

/**
 * A URL that no prefix of the list matches. The message names the repository and the whole list, for the person who
 * asked.
 */
export class ScmUrlNotAllowed extends Data.TaggedError("ScmUrlNotAllowed")<{
  readonly url: ScmUrl.ScmUrl
  readonly allowed: ScmAllowList
}> {
  override get message(): string {
    const list = format(this.allowed)
    return `${ScmUrl.repositoryUrl(this.url)} is not an allowed source; allowed: ${list === "" ? "nothing" : list}`
  }
}

/** The list that allows nothing. */
export const none: ScmAllowList = { prefixes: [] }

const placeholder = "any"

const parseEntry = (entry: string): Result.Result<Prefix, InvalidScmAllowList> => {
  if (/[?#]/.test(entry)) return Result.fail(new InvalidScmAllowList({ entry, reason: "PathOrRef" }))
  // A host alone names no repository: with one more segment every prefix is read by the same rules as a URL.
  return Result.match(ScmUrl.parse(`${entry}/${placeholder}`), {
    onFailure: ({ reason }) => Result.fail(new InvalidScmAllowList({ entry, reason })),
    onSuccess: ({ authority, path, repository, scheme }) => {
      const whole = path === undefined ? repository : `${repository}/${path}`
      return Result.succeed({ scheme, authority, segments: whole.split("/").slice(1, -1) })
    }
  })
}

/**
 * Reads a comma-separated list of URL prefixes, such as a setting holds. Blanks around entries and empty entries are
 * ignored.
 *
 * Returns the prefixes in their order; an empty text gives the list that allows nothing. Fails with
 * `InvalidScmAllowList` for the first entry that cannot be read.
 *
 * ```ts run
 * import * as ScmAllowList from "@orch/core/ScmAllowList"
 * import * as ScmUrl from "@orch/core/ScmUrl"
 *
 * const list = ScmAllowList.parseUnsafe("https://example.org/modules, git://git.example.org")
 * ScmAllowList.allows(list, ScmUrl.parseUnsafe("https://example.org/modules/foo.git")) // => true
 * ScmAllowList.allows(list, ScmUrl.parseUnsafe("https://example.org/modules-of-others/foo.git")) // => false
 * ```
 */
export const parse = (input: string): Result.Result<ScmAllowList, InvalidScmAllowList> => {
  const prefixes: Array<Prefix> = []
  for (const entry of input.split(",").map((text) => text.trim()).filter((text) => text !== "")) {
    const prefix = parseEntry(entry)
    if (Result.isFailure(prefix)) return Result.fail(prefix.failure)
    prefixes.push(prefix.success)
  }
  return Result.succeed({ prefixes })
}

/** Reads like `parse`; throws `InvalidScmAllowList` where `parse` fails. */
export const parseUnsafe = (input: string): ScmAllowList => Result.getOrThrow(parse(input))

/** Writes the list as `parse` reads it, comma-separated and without blanks; the empty list is the empty text. */
export const format = (self: ScmAllowList): string =>
  self.prefixes.map(({ authority, scheme, segments }) => `${scheme}://${[authority, ...segments].join("/")}`).join(",")

/**
 * Whether one of the prefixes matches the repository of the URL. Its path inside of the repository and its ref do not
 * count.
 */
export const allows = (self: ScmAllowList, url: ScmUrl.ScmUrl): boolean => {
  const parts = url.repository.split("/").slice(1)
  return self.prefixes.some((prefix) =>
    prefix.scheme === url.scheme && prefix.authority === url.authority
    && prefix.segments.every((segment, i) => segment === parts[i])
  )
}

/** Returns the URL unchanged when the list allows it, and fails with `ScmUrlNotAllowed` otherwise. */
export const check = (self: ScmAllowList, url: ScmUrl.ScmUrl): Result.Result<ScmUrl.ScmUrl, ScmUrlNotAllowed> =>
  allows(self, url) ? Result.succeed(url) : Result.fail(new ScmUrlNotAllowed({ url, allowed: self }))
