/**
 * A repository that may be talked to: its URL passed the allow-list, also after symbolic links were followed.
 */
import { SourceControlError } from "@orch/core/ports/SourceControl"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Result from "effect/Result"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { pathToFileURL } from "node:url"

export interface GitAddress {
  /** As the user wrote it, for messages. */
  readonly name: string
  /** What git is given, in one spelling. */
  readonly url: string
  readonly protocol: ScmUrl.Scheme
}

const realPath = (path: string): string | undefined => {
  try {
    return Fs.realpathSync(path)
  } catch {
    return undefined
  }
}

/** The place on disk that a `file://` URL names, when that is below an allowed prefix, whatever links lead there. */
const resolveFile = (allow: ScmAllowList.ScmAllowList, url: ScmUrl.ScmUrl): string | undefined => {
  const real = realPath(url.repository)
  // What does not exist cannot lead anywhere; git will say that it is missing.
  if (real === undefined) return url.repository
  return allow.prefixes.some((prefix) => {
      if (prefix.scheme !== "file") return false
      const root = realPath(`/${prefix.segments.join("/")}`)
      return root !== undefined && (real === root || real.startsWith(root === Path.sep ? root : root + Path.sep))
    })
    ? real
    : undefined
}

/** Asks nobody but the local disk. */
export const resolve = (
  allow: ScmAllowList.ScmAllowList,
  repository: string
): Result.Result<GitAddress, SourceControlError> => {
  const refuse = (reason: "invalid" | "forbidden", message: string) =>
    Result.fail(new SourceControlError({ reason, what: "url", repository, message }))
  const parsed = ScmUrl.parse(repository)
  if (Result.isFailure(parsed)) return refuse("invalid", parsed.failure.message)
  const url = parsed.success
  if (url.path !== undefined || url.ref !== undefined) {
    return refuse("invalid", `${JSON.stringify(repository)} must name a repository alone, without a file or revision`)
  }
  const checked = ScmAllowList.check(allow, url)
  if (Result.isFailure(checked)) return refuse("forbidden", checked.failure.message)
  if (url.scheme !== "file") {
    return Result.succeed({ name: repository, url: ScmUrl.repositoryUrl(url), protocol: url.scheme })
  }
  const path = resolveFile(allow, url)
  return path === undefined
    ? refuse("forbidden", `${repository} leads through a symbolic link to a place that is not an allowed source`)
    : Result.succeed({ name: repository, url: pathToFileURL(path).href, protocol: "file" })
}
