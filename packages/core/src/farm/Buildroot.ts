/** The place in which the components of one module build are built: what it must look like, and what the farm calls it. */
import * as Schema from "effect/Schema"
import { Waiting } from "./Waiting.ts"

/** A module that must be present in the buildroot: what Koji inherits from, what a local farm mounts. */
export const BuildrootModule = Schema.Struct({
  name: Schema.String,
  stream: Schema.String,
  version: Schema.BigInt,
  context: Schema.String,
  /** Where the farm finds its packages: a Koji tag, a repository URL; absent for a platform the farm itself stands for. */
  location: Schema.optionalKey(Schema.String),
  /** Names of packages that it built and does not ship: they must not be taken from there. */
  filter: Schema.optionalKey(Schema.Array(Schema.String)),
  /**
   * Packages, as NEVRAs, that are in the buildroot all the same, since the module being built took them over from an earlier
   * build; absent where there are none. Other builds of the same packages stay out.
   */
  kept: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Whether it is a base module, the product that is built for; see `isBase`. */
  base: Schema.optionalKey(Schema.Boolean)
})
export interface BuildrootModule extends Schema.Schema.Type<typeof BuildrootModule> {}

/** Whether a module is the product that is built for. Plans from before this was written down know `platform` alone. */
export const isBase = ({ base, name }: Pick<BuildrootModule, "base" | "name">): boolean => base ?? name === "platform"

/** Wishes about a buildroot that not every farm can meet. */
export const BuildrootOption = Schema.Literals(["blocked", "includeAll", "dynamicBuildrequires"])
export type BuildrootOption = typeof BuildrootOption.Type

/** What the place in which components are built must look like. */
export const BuildrootPlan = Schema.Struct({
  /** Stable key of the module build; the same key always means the same buildroot. */
  key: Schema.String,
  /** Who asked for the module; absent in plans from before this was written down. */
  owner: Schema.optionalKey(Schema.String),
  name: Schema.String,
  stream: Schema.String,
  version: Schema.BigInt,
  context: Schema.String,
  /** Platform stream, such as `el9`. */
  platform: Schema.String,
  arches: Schema.Array(Schema.String),
  /** Without the leading dot, such as `module_el9+12+1a2b3c4d`. */
  distTag: Schema.String,
  /** Text of the RPM macro file that every component is built with (`buildopts.rpms.macros` and `%_module_*`). */
  macros: Schema.String,
  /** Source packages that may be built here. */
  packages: Schema.Array(Schema.String),
  modules: Schema.Array(BuildrootModule),
  /** Packages installed before any BuildRequires, by group (`build`, `srpm-build`). */
  groups: Schema.Record(Schema.String, Schema.Array(Schema.String)),
  /** Source packages that must not be taken from what the buildroot stands on, until they are built in it. */
  blocked: Schema.Array(Schema.String),
  /** Whether every build of what the buildroot stands on is offered, not the newest alone; the farm's own way unless told. */
  includeAll: Schema.optionalKey(Schema.Boolean),
  /** Whether components find out what they need while they are built (`%generate_buildrequires`); the farm's own way unless told. */
  dynamicBuildrequires: Schema.optionalKey(Schema.Boolean),
  scratch: Schema.Boolean,
  /** Whether it is known what has to stay out, so that the farm need not say it again. */
  knowsKeptOut: Schema.optionalKey(Schema.Boolean),
  /** The highest number of a pass among the components, see `Pass`; absent where every package is built once. */
  passes: Schema.optionalKey(Schema.Number)
})
export interface BuildrootPlan extends Schema.Schema.Type<typeof BuildrootPlan> {}

/** The package that gives components their macros, on a farm that makes one before it builds any. */
export const MacrosPackage = Schema.Struct({
  name: Schema.String,
  nvr: Schema.String,
  /** The farm's task that builds it, where it is known. */
  task: Schema.optionalKey(Schema.String),
  built: Schema.Boolean
})
export interface MacrosPackage extends Schema.Schema.Type<typeof MacrosPackage> {}

/** Packages that must stay out of a buildroot though what it stands on has them, sorted. */
export const KeptOut = Schema.Struct({
  /** What a module built and does not ship, as `name-epoch:version-release` by module; modules without are left out. */
  filtered: Schema.Record(Schema.String, Schema.Array(Schema.String)),
  /** What the platform has and a module brings, as NEVRAs; absent where the farm does not look. */
  platform: Schema.optionalKey(Schema.Array(Schema.String))
})
export interface KeptOut extends Schema.Schema.Type<typeof KeptOut> {}

/** A buildroot that is prepared or being prepared; `id` is the farm's own name for it. */
export const Buildroot = Schema.Struct({
  key: Schema.String,
  id: Schema.String,
  /**
   * Id of the repository request, made by `prepare`, that has to be ready before `prepare` can go on; absent when components
   * can be built.
   */
  awaits: Schema.optionalKey(Schema.String),
  /** What that is, for people; absent where the farm does not tell. */
  waiting: Schema.optionalKey(Waiting),
  /** Absent where the farm makes none. */
  macros: Schema.optionalKey(MacrosPackage),
  /** Absent where the farm does not tell, or was told that it is known. */
  keptOut: Schema.optionalKey(KeptOut)
})
export interface Buildroot extends Schema.Schema.Type<typeof Buildroot> {}

/** A repository generation that was asked for. */
export const RepositoryRequest = Schema.Struct({ buildroot: Schema.String, id: Schema.String })
export interface RepositoryRequest extends Schema.Schema.Type<typeof RepositoryRequest> {}
