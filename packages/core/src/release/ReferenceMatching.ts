/** What a distribution's own data says of packages, brought to what planning asks: which family, and how well it fits. */
import * as Result from "effect/Result"
import * as Nevra from "../Nevra.ts"
import type { ReferencePackage } from "./ReleaseTarget.ts"
import * as RepositoryFamily from "./RepositoryFamily.ts"

/** A package of a distribution, with the repositories it lies in. */
export interface KnownPackage {
  readonly name: string
  readonly arch: string
  readonly repositories: ReadonlyArray<{ readonly name: string; readonly arch: string }>
}

/** What a distribution knows of one source package. */
export interface KnownSource {
  readonly platform: string
  readonly matched: ReferencePackage["matched"]
  readonly packages: ReadonlyArray<KnownPackage>
}

/** Every place of every package. */
export const places = ({ matched, packages, platform }: KnownSource): ReadonlyArray<ReferencePackage> =>
  packages.flatMap(({ arch, name, repositories }) =>
    repositories.map((repository) => ({
      name,
      arch,
      family: RepositoryFamily.of(repository.name),
      repositoryArch: repository.arch,
      platform,
      matched
    }))
  )

/** Of each package, what the first distribution that knows it says; `all` is sorted by distribution, the best first. */
export const preferred = (all: ReadonlyArray<ReferencePackage>): ReadonlyArray<ReferencePackage> => {
  const heard = new Map<string, string>()
  return all.filter(({ arch, name, platform }) => {
    const key = `${name} ${arch}`
    const first = heard.get(key)
    if (first === undefined) heard.set(key, platform)
    return first === undefined || first === platform
  })
}

/**
 * How well a source package that is known fits one that is asked about, both by their file names: the same, another release of the
 * version, another version; `undefined` where they are of another name.
 */
export const match = (asked: string, known: string): ReferencePackage["matched"] | undefined => {
  if (asked === known) return "exact"
  const [one, two] = [Nevra.parseFileName(asked), Nevra.parseFileName(known)]
  if (Result.isFailure(one) || Result.isFailure(two) || one.success.name !== two.success.name) return undefined
  return one.success.version === two.success.version ? "version" : "name"
}
