/**
 * A stream v2 and defaults made from built packages (dir2module): only facts from their headers go in, reading files is
 * the caller's.
 */
import * as Result from "effect/Result"
import { compareText } from "../internal/codePointOrder.ts"
import * as ModuleDefaults from "./ModuleDefaults.ts"
import * as ModuleStreamV2 from "./ModuleStreamV2.ts"

/** What is taken from the header of one package. */
export interface RpmHeader {
  readonly name: string
  readonly epoch: number
  readonly version: string
  readonly release: string
  /** `src` and `nosrc` for source packages, which become no artifacts. */
  readonly arch: string
  readonly license: string
  /** The tag of packages built as part of a module, `name:stream:version:context`. */
  readonly modularitylabel?: string
}

/** What no package says: which module its packages are to be. */
export interface ModuleFacts {
  readonly name: string
  readonly stream: string
  /** 0 means that the stream gets none. */
  readonly version: bigint
  readonly context: string
  readonly arch: string
  readonly summary: string
  readonly description?: string
  /** Module to streams. */
  readonly requires?: ReadonlyMap<string, ReadonlyArray<string>>
  /** Take packages without a modularity label, too. */
  readonly force?: boolean
}

/** Packages that do not belong into a module, each with the reason. */
export interface RpmsRefused {
  readonly _tag: "RpmsRefused"
  readonly message: string
  /** `name-epoch:version-release.arch` of each. */
  readonly rpms: ReadonlyArray<string>
}

const nevra = (rpm: RpmHeader): string => `${rpm.name}-${rpm.epoch}:${rpm.version}-${rpm.release}.${rpm.arch}`

/**
 * Makes a stream whose profile `common` and api hold every binary package, and defaults that install that profile.
 *
 * Source packages only lend their licence. Fails with `RpmsRefused` where packages have no modularity label, unless the
 * facts say `force`; labels are not compared with the module's name.
 */
export const make = (
  facts: ModuleFacts,
  rpms: ReadonlyArray<RpmHeader>
): Result.Result<
  { readonly stream: ModuleStreamV2.ModuleStreamV2; readonly defaults: ModuleDefaults.ModuleDefaults },
  RpmsRefused
> => {
  const unlabelled = rpms.filter(({ modularitylabel }) => modularitylabel === undefined || modularitylabel === "")
  if (unlabelled.length > 0 && facts.force !== true) {
    return Result.fail({
      _tag: "RpmsRefused",
      message: "these packages have no modularity label, so clients would not take them for parts of a module",
      rpms: unlabelled.map(nevra)
    })
  }
  const binaries = rpms.filter(({ arch }) => arch !== "src" && arch !== "nosrc")
  const unique = (values: ReadonlyArray<string>) => [...new Set(values)].sort(compareText)
  const names = unique(binaries.map(({ name }) => name))
  const stream = ModuleStreamV2.make({
    name: facts.name,
    stream: facts.stream,
    version: facts.version === 0n ? undefined : facts.version,
    context: facts.context,
    arch: facts.arch,
    summary: facts.summary,
    description: facts.description ?? `Packages of ${facts.name} ${facts.stream}.`,
    license: { module: ["MIT"], content: unique(rpms.map(({ license }) => license)) },
    dependencies: facts.requires === undefined || facts.requires.size === 0
      ? []
      : [{ buildrequires: new Map(), requires: facts.requires }],
    profiles: new Map([["common", { description: undefined, rpms: names, default: false }]]),
    api: names,
    artifacts: { rpms: unique(binaries.map(nevra)), rpmMap: new Map() }
  })
  const defaults = ModuleDefaults.make({
    module: facts.name,
    stream: facts.stream,
    profiles: new Map([[facts.stream, ["common"]]])
  })
  return Result.succeed({ stream, defaults })
}
