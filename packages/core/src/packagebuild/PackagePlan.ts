/** What a package build is going to do, fixed when it is asked for: which package, for which platform and architecture, after what. */
import * as Schema from "effect/Schema"
import { BuildRef } from "./BuildRef.ts"
import { MockOptions } from "./MockOptions.ts"

/** A platform as far as the plan depends on it. Its settings for nodes are read when a task is handed out. */
export const PlanPlatform = Schema.Struct({
  id: Schema.Number,
  name: Schema.String,
  type: Schema.Literals(["rpm", "deb"]),
  /** All architectures of the platform, in its order. */
  archList: Schema.Array(Schema.String),
  /** Those that are built for, `src` first. */
  arches: Schema.Array(Schema.String)
})
export interface PlanPlatform extends Schema.Schema.Type<typeof PlanPlatform> {}

/** A module that packages of the build belong to, for one platform. */
export const PlanModule = Schema.Struct({
  platform: Schema.String,
  name: Schema.String,
  stream: Schema.String,
  /** Up to 20 digits: more than a number of JSON keeps. */
  version: Schema.BigInt,
  context: Schema.String,
  /** The document as it was planned; artifacts are filled in when they exist. */
  modulemd: Schema.String,
  /** The document of the module's development packages, where there is one. */
  devel: Schema.optionalKey(Schema.Struct({ name: Schema.String, modulemd: Schema.String }))
})
export interface PlanModule extends Schema.Schema.Type<typeof PlanModule> {}

/** What one task is meant to do: one package for one platform and architecture. */
export const TaskPlan = Schema.Struct({
  /** Unique in the build; see `TaskName`. */
  name: Schema.String,
  /** Position of the reference; tasks of one package have the same. */
  index: Schema.Number,
  platform: Schema.String,
  arch: Schema.String,
  /** Names of tasks that must have succeeded before. */
  after: Schema.Array(Schema.String),
  mock: MockOptions,
  /** Expected seconds from its start to the end of the longest chain that begins with it. */
  path: Schema.Number
})
export interface TaskPlan extends Schema.Schema.Type<typeof TaskPlan> {}

/** Everything that is fixed when a package build is asked for. */
export const PackagePlan = Schema.Struct({
  owner: Schema.String,
  email: Schema.optionalKey(Schema.String),
  platforms: Schema.Array(PlanPlatform),
  refs: Schema.Array(BuildRef),
  /** In the order in which they are numbered: platform, architecture, reference. */
  tasks: Schema.Array(TaskPlan),
  modules: Schema.Array(PlanModule),
  /** Number of the first task toward nodes; the others follow in order. */
  firstTask: Schema.Number,
  linkedBuilds: Schema.Array(Schema.Number),
  flavors: Schema.Array(Schema.Number),
  /** As the request gave them. */
  mockOptions: Schema.optionalKey(Schema.Json),
  secureBoot: Schema.Boolean,
  product: Schema.optionalKey(Schema.Number),
  /** The class whose reserved capacity it may use. */
  class: Schema.optionalKey(Schema.String)
})
export interface PackagePlan extends Schema.Schema.Type<typeof PackagePlan> {}
