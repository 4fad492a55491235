/** A component's source in the forms Koji's builders take: an SCM URL with its revision, or an uploaded source package. */
import type { ComponentRequest } from "@orch/core/ports/BuildSystem"
import * as Result from "effect/Result"

/** What `build` takes as its first argument. */
export type KojiSource =
  | { readonly _tag: "Scm"; readonly url: string }
  | { readonly _tag: "Uploaded"; readonly path: string }
  /** A file of ours that has to be uploaded first. */
  | { readonly _tag: "Local"; readonly path: string }

/** What `koji.daemon.SCM` fetches from; a builder fails the task of any other, minutes later. */
const schemes = new Set([
  "cvs",
  "cvs+ssh",
  "git",
  "git+http",
  "git+https",
  "git+rsync",
  "git+ssh",
  "svn",
  "svn+http",
  "svn+https",
  "svn+ssh"
])

/** Parts of a repository URL: scheme, user with password, host, path. Koji knows no parameters, and takes no password. */
const parts = /^([a-z+]+):\/\/(?:([^/\s#?@]*)@)?([^/\s#?@]*)(\/[^\s#?;]*)$/

const scm = (repository: string, commit: string): Result.Result<KojiSource, string> => {
  const [, named = "", user, host = "", path = ""] = parts.exec(repository) ?? []
  // A password is nobody's to see in a task.
  if (user?.includes(":") === true) {
    return Result.fail(`a repository URL at ${host} holds a password, which Koji does not take`)
  }
  if (named === "") return Result.fail(`"${repository}" is no repository URL that Koji can take`)
  if (!/^[^\s#?]+$/.test(commit)) return Result.fail(`"${commit}" is no revision`)
  // Plain http, https and ssh URLs are git's; Koji wants that said.
  const scheme = ["http", "https", "ssh"].includes(named) ? `git+${named}` : named
  if (!schemes.has(scheme)) {
    return Result.fail(
      `Koji's builders cannot fetch from ${named}:// (${repository}); name a repository by git, http, https or ssh`
    )
  }
  if (host === "") return Result.fail(`"${repository}" names no host, which Koji's builders need`)
  if (scheme.endsWith("+ssh") && user === undefined) {
    return Result.fail(`"${repository}" names no user, without whom Koji's builders do not log in by ssh`)
  }
  // As Koji writes it: what it keeps with a build is then what was asked for.
  const tidy = path.replace(/\/{2,}/g, "/").replace(/\/$/, "")
  return tidy === ""
    ? Result.fail(`"${repository}" names no repository`)
    : Result.succeed({
      _tag: "Scm",
      url: `${scheme}://${user === undefined ? "" : `${user}@`}${host}${tidy}#${commit}`
    })
}

/** The source of a build that was made from this one, as Koji keeps it: without the user. */
export const recorded = (source: string): string => source.replace(/^([a-z+]+:\/\/)[^/@#?]*@/, "$1")

/** The source of a request as Koji takes it. Fails with a sentence for people where no builder could fetch it. */
export const of = ({ source }: Pick<ComponentRequest, "source">): Result.Result<KojiSource, string> => {
  if (source._tag === "Git") return scm(source.repository, source.commit)
  const { location } = source
  if (!location.endsWith(".src.rpm")) return Result.fail(`"${location}" is not a source package`)
  return Result.succeed(
    location.startsWith("cli-build/") ? { _tag: "Uploaded", path: location } : { _tag: "Local", path: location }
  )
}
