/** Which of a build's repositories a file belongs to, told from its name. */
import * as Result from "effect/Result"
import * as Arch from "../Arch.ts"
import * as Nevra from "../Nevra.ts"
import * as TaskName from "./TaskName.ts"

/** One of the repositories that a platform's results go to. */
export interface Place {
  /** Architecture of the repository, `src` for source packages. */
  readonly arch: string
  /** Whether it is a repository of debugging information. */
  readonly debug: boolean
}

/** The identity of a package by its file name; `undefined` for anything else. File names carry no epoch. */
export const packageOf = (fileName: string): Nevra.Nevra | undefined =>
  Result.getOrUndefined(Nevra.parseFileName(fileName))

/** Whether a package holds debugging information: what rpmbuild names so. */
export const isDebug = (packageName: string): boolean => /-debug(?:info|source)(?:-|$)/.test(packageName)

/** Whether a file is a package that is the same for all architectures, by its name. */
export const isNoarch = (fileName: string): boolean => packageOf(fileName)?.arch === "noarch"

/** Whether a file is a source package, by its name. */
export const isSource = (fileName: string): boolean => {
  const found = packageOf(fileName)
  return found !== undefined && Arch.isSource(found.arch)
}

/** Where a package goes that the task of an architecture made; `undefined` for what is no package. */
export const of = (fileName: string, taskArch: string): Place | undefined => {
  const found = packageOf(fileName)
  if (found === undefined) return undefined
  return Arch.isSource(found.arch)
    ? { arch: TaskName.source, debug: false }
    : { arch: taskArch, debug: isDebug(found.name) }
}

/** `AlmaLinux-8-x86_64-5-br`, the name of a build's repository, as build systems of this kind call them. */
export const repositoryName = (platform: string, { arch, debug }: Place, build: number): string =>
  `${platform}-${arch}-${build}${debug ? "-debug" : ""}-br`

/** All places of a platform's results: one for each architecture, one more for its debugging information, `src` once. */
export const all = (arches: ReadonlyArray<string>): ReadonlyArray<Place> =>
  arches.flatMap((arch) =>
    arch === TaskName.source ? [{ arch, debug: false }] : [{ arch, debug: false }, { arch, debug: true }]
  )
