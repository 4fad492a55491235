/** A component's source in the forms Koji's builders take: an SCM URL with its revision, or an uploaded source package. */
import type { ComponentRequest } from "@orch/core/ports/BuildSystem"
import * as Result from "effect/Result"

/** What `build` takes as its first argument. */
export type KojiSource =
  | { readonly _tag: "Scm"; readonly url: string }
  | { readonly _tag: "Uploaded"; readonly path: string }
  /** A file of ours that has to be uploaded first. */
  | { readonly _tag: "Local"; readonly path: string }

const schemes = new Set([
  "cvs",
  "cvs+ssh",
  "git",
  // Only builders of one's own on the same machine can fetch it; what others do with it is their policy's to say.
  "git+file",
  "git+http",
  "git+https",
  "git+rsync",
  "git+ssh",
  "svn",
  "svn+http",
  "svn+https",
  "svn+ssh"
])

const scm = (repository: string, commit: string): Result.Result<KojiSource, string> => {
  const scheme = /^(?:(file):\/\/|([a-z+]+):\/\/[^/\s#?]+)\/[^\s#?]*$/.exec(repository)?.slice(1).find((one) => one)
  if (scheme === undefined) return Result.fail(`"${repository}" is no repository URL that Koji can take`)
  if (!/^[^\s#?]+$/.test(commit)) return Result.fail(`"${commit}" is no revision`)
  // Plain file, http, https and ssh URLs are git's; Koji wants that said.
  const prefix = ["file", "http", "https", "ssh"].includes(scheme) ? "git+" : ""
  return schemes.has(prefix + scheme)
    ? Result.succeed({ _tag: "Scm", url: `${prefix}${repository}#${commit}` })
    : Result.fail(`Koji's builders cannot fetch from ${scheme}:// (${repository})`)
}

export const of = ({ source }: Pick<ComponentRequest, "source">): Result.Result<KojiSource, string> => {
  if (source._tag === "Git") return scm(source.repository, source.commit)
  const { location } = source
  if (!location.endsWith(".src.rpm")) return Result.fail(`"${location}" is not a source package`)
  return Result.succeed(
    location.startsWith("cli-build/") ? { _tag: "Uploaded", path: location } : { _tag: "Local", path: location }
  )
}
