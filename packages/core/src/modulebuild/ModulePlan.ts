/**
 * What one module build is to do, fixed when it is created: what comes out, where it is built, from which components.
 *
 * Everything a later step needs is here, so that a build can be continued by another process, on another day, without
 * asking for the modulemd again.
 */
import * as Schema from "effect/Schema"
import { Artifact } from "../farm/Artifact.ts"
import { BuildrootModule } from "../farm/Buildroot.ts"
import * as Nsvc from "../Nsvc.ts"

/** A component that need not be built: another build's result has the same inputs. */
export const Reused = Schema.Struct({
  /** Id of the module build it is taken from. */
  from: Schema.Number,
  task: Schema.String,
  nvr: Schema.String,
  artifacts: Schema.Array(Artifact)
})
export interface Reused extends Schema.Schema.Type<typeof Reused> {}

/** What one component is meant to be: from which source, after what, for which architectures. */
export const ComponentPlan = Schema.Struct({
  name: Schema.String,
  /** Git repository, or an uploaded source package in `srpm`. */
  repository: Schema.String,
  /** As written in the modulemd; absent means the default branch. */
  ref: Schema.optionalKey(Schema.String),
  /** Known once resolved; a plan made by a caller that resolved already brings it along. */
  commit: Schema.optionalKey(Schema.String),
  srpm: Schema.optionalKey(Schema.String),
  /** From 1. */
  batch: Schema.Number,
  /** Every component of this batch and those before it must be in the buildroot first; 0 when there is no such barrier. */
  afterBatch: Schema.Number,
  /** Names of components that must be in the buildroot first, besides that barrier. */
  after: Schema.Array(Schema.String),
  /** Why it stands in that place, for people. */
  placement: Schema.String,
  arches: Schema.Array(Schema.String),
  buildOnly: Schema.Boolean,
  /** Larger starts earlier. */
  priority: Schema.Number,
  /** Which pass over a package that several components build, from 1; absent for the last of them. */
  pass: Schema.optionalKey(Schema.Number)
})
export interface ComponentPlan extends Schema.Schema.Type<typeof ComponentPlan> {}

/** A module that the build was resolved against. `ref` is its commit. */
export const RecordedModule = Schema.Struct({
  ref: Schema.NullOr(Schema.String),
  stream: Schema.String,
  version: Schema.String,
  context: Schema.String,
  kojiTag: Schema.NullOr(Schema.String),
  /** Its packages that it does not ship, as `name-epoch:version-release`; absent until the farm has looked. */
  filteredRpms: Schema.optionalKey(Schema.Array(Schema.String))
})

/** How a build was asked for, where it was not the usual way. */
export const SubmissionOptions = Schema.Struct({
  rebuildStrategy: Schema.optionalKey(Schema.String),
  /** Uploaded source packages, as given. */
  srpms: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Id of the build to take components from. */
  reuseComponentsFrom: Schema.optionalKey(Schema.Number)
})

/** What is known of a module that was not built here but brought in ready-made. */
export const ImportedModule = Schema.Struct({
  kojiTag: Schema.NullOr(Schema.String),
  virtualStreams: Schema.Array(Schema.String),
  commit: Schema.NullOr(Schema.String),
  disttagMarking: Schema.optionalKey(Schema.String),
  useDefaultModules: Schema.optionalKey(Schema.Boolean),
  defaultModulesUrl: Schema.optionalKey(Schema.String),
  sideTagFormat: Schema.optionalKey(Schema.String),
  kojiTagWithModules: Schema.optionalKey(Schema.String)
})

/** What a build is to the rebuild that it is part of. */
export const RebuildPart = Schema.Struct({
  /** The rebuild, such as `campaign/7`: rebuilds share what they may have of the farm. */
  of: Schema.String,
  /** Seconds of the longest chain of modules that waits for this one; part of its components' priorities. */
  behind: Schema.Number
})

/** Everything that is fixed when a module build is asked for. */
export const ModulePlan = Schema.Struct({
  name: Schema.String,
  stream: Schema.String,
  version: Schema.BigInt,
  context: Schema.String,
  /** Platform stream, such as `el9`. */
  platform: Schema.String,
  arches: Schema.Array(Schema.String),
  /** The product's mark in the dist tag, such as `el9`. */
  marking: Schema.optionalKey(Schema.String),
  /** Lowest id among the builds made from the same submission; absent for the first. */
  sibling: Schema.optionalKey(Schema.Number),
  /** `buildopts.rpms.macros` of the modulemd. */
  macros: Schema.String,
  /** What it was resolved against, by module name. */
  buildrequires: Schema.Record(Schema.String, RecordedModule),
  /** Names among them that are there by default; the contexts are those of the others. */
  defaultModules: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Pinned to the streams it is built with. */
  dependencies: Schema.Struct({
    buildrequires: Schema.Record(Schema.String, Schema.Array(Schema.String)),
    requires: Schema.Record(Schema.String, Schema.Array(Schema.String))
  }),
  /** Names of packages that are built and not published (`filter`). */
  filter: Schema.Array(Schema.String),
  /** What its buildroot holds, platform included. */
  modules: Schema.Array(BuildrootModule),
  groups: Schema.Record(Schema.String, Schema.Array(Schema.String)),
  /** Names of packages that must not be taken from any of these modules. */
  blocked: Schema.Array(Schema.String),
  includeAll: Schema.optionalKey(Schema.Boolean),
  dynamicBuildrequires: Schema.optionalKey(Schema.Boolean),
  /** What whoever submitted it should know: doubts that did not refuse it, about one component or the whole. */
  remarks: Schema.optionalKey(
    Schema.Array(Schema.Struct({ component: Schema.optionalKey(Schema.String), text: Schema.String }))
  ),
  components: Schema.Array(ComponentPlan),
  /** The expanded modulemd document, to be completed with artifacts at the end. */
  modulemd: Schema.String,
  scmurl: Schema.optionalKey(Schema.String),
  owner: Schema.String,
  scratch: Schema.Boolean,
  submission: Schema.optionalKey(SubmissionOptions),
  imported: Schema.optionalKey(ImportedModule),
  /** The rebuild that it is part of; absent of what people submit. */
  rebuild: Schema.optionalKey(RebuildPart),
  /** Of a module that is handed over as a whole: which farm owns its build. Absent where its components are built one by one. */
  ownedBy: Schema.optionalKey(Schema.String),
  /** Seconds after which an unfinished build is given up. */
  deadline: Schema.Number
})
export interface ModulePlan extends Schema.Schema.Type<typeof ModulePlan> {}

/** What it was resolved against without default modules: what its contexts are made of. */
export const askedFor = ({ buildrequires, defaultModules = [] }: ModulePlan): ModulePlan["buildrequires"] =>
  Object.fromEntries(Object.entries(buildrequires).filter(([name]) => !defaultModules.includes(name)))

/** The identity of what is built, or of a module in its buildroot, as `name:stream:version:context`. */
export const nsvc: (self: Nsvc.Nsvc) => string = Nsvc.format

/** The remarks by component; `undefined` stands for those about the whole. */
export const remarks = ({ remarks = [] }: ModulePlan): ReadonlyMap<string | undefined, ReadonlyArray<string>> =>
  new Map(
    [...Map.groupBy(remarks, ({ component }) => component)].map(([name, all]) => [name, all.map(({ text }) => text)])
  )
