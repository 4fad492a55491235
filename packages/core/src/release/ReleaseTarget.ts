/**
 * Where a release goes: the repositories of a platform, in families such as `BaseOS`, each with repositories for architectures, debug
 * packages and sources; and what the platform asks of packages.
 */
import * as Schema from "effect/Schema"
import * as Glob from "../internal/glob.ts"

export const TargetRepository = Schema.Struct({
  /** As the repository host calls it. */
  name: Schema.String,
  /** What its repositories of several architectures have in common: `BaseOS`. */
  family: Schema.String,
  /** Base architecture; `src` for sources. */
  arch: Schema.String,
  kind: Schema.Literals(["binary", "debug", "source"])
})
/** One repository of a platform. */
export type TargetRepository = typeof TargetRepository.Type

export const PlacementRule = Schema.Struct({
  /** Names of packages, as a shell pattern: `*` for any characters. */
  names: Schema.String,
  family: Schema.String,
  /** Whether 32-bit packages of these names go to the 64-bit repository as well. */
  multilib: Schema.optionalKey(Schema.Boolean)
})
/** What the platform's people say about packages of certain names. */
export type PlacementRule = typeof PlacementRule.Type

export const ReleaseTarget = Schema.Struct({
  platform: Schema.String,
  repositories: Schema.Array(TargetRepository),
  rules: Schema.Array(PlacementRule),
  /** The family of packages that nobody knows; without it they are placed by people. */
  fallback: Schema.optionalKey(Schema.String),
  /** Fingerprints of which a package must be signed with one. */
  keys: Schema.Array(Schema.String),
  /** What becomes of a package that is not: it blocks, it is reported, it is all the same. */
  signatures: Schema.Literals(["required", "reported", "ignored"]),
  /** What becomes of a package that is older than what is there. */
  downgrades: Schema.Literals(["refused", "reported"]),
  /** Where packages without architecture go: to the architectures that their source was `built` for, unless told, or `everywhere`. */
  noarch: Schema.optionalKey(Schema.Literals(["built", "everywhere"]))
})
/** Where a release goes. */
export type ReleaseTarget = typeof ReleaseTarget.Type

export const PresentPackage = Schema.Struct({
  repository: Schema.String,
  nevra: Schema.String,
  /** Absent where the host does not tell. */
  sha256: Schema.optionalKey(Schema.String),
  module: Schema.optionalKey(Schema.String),
  requires: Schema.optionalKey(Schema.Array(Schema.String)),
  provides: Schema.optionalKey(Schema.Array(Schema.String))
})
/** A package that a repository of the target holds before the release. */
export type PresentPackage = typeof PresentPackage.Type

export const PresentModule = Schema.Struct({ repository: Schema.String, id: Schema.String })
/** A module that a repository of the target holds before the release. */
export type PresentModule = typeof PresentModule.Type

export const ReferencePackage = Schema.Struct({
  name: Schema.String,
  arch: Schema.String,
  family: Schema.String,
  /** Architecture of the repository it lies in. */
  repositoryArch: Schema.String,
  /** The distribution that says so. */
  platform: Schema.String,
  /** How well it fits: the same package, the closest version of it, the same version, the same name. */
  matched: Schema.Literals(["exact", "closest", "version", "name"])
})
/** Where another distribution has a package, as its reference data says. */
export type ReferencePackage = typeof ReferencePackage.Type

/** Whether a rule speaks of a name. In time linear in pattern times name. */
export const speaksOf = ({ names }: PlacementRule, name: string): boolean => Glob.matches(names, name)
