/**
 * A module build of this server as a repository record, so that one search answers for what was built here and elsewhere.
 *
 * The module is the project, its stream the ref, its dist-git commit the sha1; `el9` is `centos/9` (as teuthology calls every
 * rebuild of it) and `f41` is `fedora/41`. Scratch builds are nobody's repository.
 */
import type { ModuleBuild } from "../modulebuild/ModuleBuild.ts"
import * as ScmUrl from "../ScmUrl.ts"
import type { RepositoryPost } from "./RepositoryRecord.ts"

/**
 * Distribution and release of a platform stream: `el9` is `centos` 9, `f41` is `fedora` 41. What does not look like
 * letters and a number stands for both.
 */
export const place = (platform: string): { readonly distro: string; readonly version: string } => {
  const match = /^([a-z]+)(\d[\w.]*)$/.exec(platform)
  if (match === null) return { distro: platform, version: platform }
  const [, name = "", version = ""] = match
  return { distro: name === "el" ? "centos" : name === "f" ? "fedora" : name, version }
}

const commit = (build: ModuleBuild): string => {
  const parsed = build.plan.scmurl === undefined ? undefined : ScmUrl.parse(build.plan.scmurl)
  const ref = parsed?._tag === "Success" ? parsed.success.ref : undefined
  return ref !== undefined && ScmUrl.isCommit(ref) ? ref : `${build.plan.version}`
}

/** What to post about a build now: ready and published, or gone again; undefined when it is neither. */
export const post = (build: ModuleBuild): RepositoryPost | undefined => {
  const { context, name, platform, scratch, stream, version } = build.plan
  if (scratch || build.published === undefined || (build.state !== "ready" && build.state !== "garbage")) {
    return undefined
  }
  const { distro, version: distroVersion } = place(platform)
  return {
    identity: `module-build:${build.id}`,
    project: name,
    chacraUrl: build.published.url,
    url: build.published.url,
    ref: stream,
    sha1: commit(build),
    flavor: "default",
    distro,
    distroVersion,
    archs: build.plan.arches,
    status: build.state === "ready" ? "ready" : "deleted",
    extra: { version: `${name}:${stream}:${version}:${context}`, module_build: build.id }
  }
}
