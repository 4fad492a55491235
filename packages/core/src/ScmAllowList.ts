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

export interface ScmAllowList {
  readonly prefixes: ReadonlyArray<Prefix>
}

export interface Prefix {
  readonly scheme: ScmUrl.Scheme
  readonly authority: string
  /** Empty when the whole host is allowed. */
  readonly segments: ReadonlyArray<string>
}

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

export class ScmUrlNotAllowed extends Data.TaggedError("ScmUrlNotAllowed")<{
  readonly url: ScmUrl.ScmUrl
  readonly allowed: ScmAllowList
}> {
  override get message(): string {
    const list = format(this.allowed)
    return `${ScmUrl.repositoryUrl(this.url)} is not an allowed source; allowed: ${list === "" ? "nothing" : list}`
  }
}

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

/** Reads a comma-separated list of URL prefixes; blanks around entries and empty entries are ignored. */
export const parse = (input: string): Result.Result<ScmAllowList, InvalidScmAllowList> => {
  const prefixes: Array<Prefix> = []
  for (const entry of input.split(",").map((text) => text.trim()).filter((text) => text !== "")) {
    const prefix = parseEntry(entry)
    if (Result.isFailure(prefix)) return Result.fail(prefix.failure)
    prefixes.push(prefix.success)
  }
  return Result.succeed({ prefixes })
}

/** Like `parse`, throwing `InvalidScmAllowList`. */
export const parseUnsafe = (input: string): ScmAllowList => Result.getOrThrow(parse(input))

export const format = (self: ScmAllowList): string =>
  self.prefixes.map(({ authority, scheme, segments }) => `${scheme}://${[authority, ...segments].join("/")}`).join(",")

export const allows = (self: ScmAllowList, url: ScmUrl.ScmUrl): boolean => {
  const parts = url.repository.split("/").slice(1)
  return self.prefixes.some((prefix) =>
    prefix.scheme === url.scheme && prefix.authority === url.authority
    && prefix.segments.every((segment, i) => segment === parts[i])
  )
}

/** The URL itself when it is allowed, else what to tell the user. */
export const check = (self: ScmAllowList, url: ScmUrl.ScmUrl): Result.Result<ScmUrl.ScmUrl, ScmUrlNotAllowed> =>
  allows(self, url) ? Result.succeed(url) : Result.fail(new ScmUrlNotAllowed({ url, allowed: self }))
