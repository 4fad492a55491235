/** Releases on the wire of AlmaLinux's build system, for clients of both generations. */
import * as Schema from "effect/Schema"
import { OwnerWire } from "./BuildWire.ts"
import { PlatformWire } from "./PlatformWire.ts"

const text = Schema.String
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** A repository that a package goes to. `trustness`: nobody knows 0, sure 1, likely 2, a guess 3. */
export const PlacedRepository = Schema.Struct({
  id: Schema.Number,
  name: text,
  arch: text,
  debug: Schema.Boolean,
  url: text,
  trustness: Schema.Number,
  matched: text
})

/** A package of a plan, and where it goes. */
export const PlannedPackageWire = Schema.Struct({
  package: Schema.Struct({
    name: text,
    epoch: text,
    version: text,
    release: text,
    arch: text,
    full_name: text,
    source: text,
    sha256: Schema.NullOr(text),
    build_id: Schema.NullOr(Schema.Number),
    artifact_href: Schema.NullOr(text),
    href_from_repo: Schema.NullOr(text),
    cas_hash: Schema.NullOr(text),
    task_arch: text,
    is_beta: Schema.Boolean,
    force: Schema.Boolean,
    force_not_notarized: Schema.Boolean
  }),
  repositories: Schema.Array(PlacedRepository),
  repo_arch_location: Schema.Array(text)
})

/** A module of a plan, and where its document goes. */
export const PlannedModuleWire = Schema.Struct({
  module: Schema.Struct({
    build_id: Schema.NullOr(Schema.Number),
    name: text,
    stream: text,
    /** Digits: more than a number of JSON keeps. */
    version: text,
    context: text,
    arch: text,
    template: text
  }),
  repositories: Schema.Array(PlacedRepository)
})

/** What a release does. `problems` says what is wrong with it, one sentence each; `last_log` what became of the last attempt. */
export const ReleasePlanWire = Schema.Struct({
  packages: Schema.Array(PlannedPackageWire),
  /** An object without keys where a community's product has none, as ever. */
  modules: Schema.Union([Schema.Array(PlannedModuleWire), Schema.Record(Schema.String, Schema.Never)]),
  repositories: Schema.Array(Schema.Struct({
    id: Schema.Number,
    name: text,
    arch: text,
    debug: Schema.Boolean,
    url: text
  })),
  packages_from_repos: Schema.Record(Schema.String, Schema.Json),
  packages_in_repos: Schema.Record(Schema.String, Schema.Json),
  problems: Schema.Array(text),
  last_log: Schema.optionalKey(text)
})

/** A release. `created_by` is for clients of old, `owner` for today's. */
export const ReleaseWire = Schema.Struct({
  id: Schema.Number,
  status: Schema.Number,
  build_ids: Schema.Array(Schema.Number),
  build_task_ids: Schema.Array(Schema.Number),
  plan: Schema.NullOr(ReleasePlanWire),
  created_by: OwnerWire,
  owner: Schema.Struct({ ...OwnerWire.fields, is_active: Schema.Boolean, is_superuser: Schema.Boolean }),
  platform: Schema.NullOr(PlatformWire),
  product: Schema.NullOr(Schema.Json),
  performance_stats: Schema.Array(Schema.Json),
  created_at: Schema.NullOr(text)
}).annotate({ identifier: "AlbsRelease" })
/** A release. */
export interface ReleaseWire extends Schema.Schema.Type<typeof ReleaseWire> {}

/** A page of releases. */
export const ReleasePage = Schema.Struct({
  releases: Schema.Array(ReleaseWire),
  total_releases: Schema.Number,
  current_page: Schema.Number
})

/** What is answered to a commit: `release` to clients of old, who wait for its end. */
export const ReleaseStarted = Schema.Struct({ release: Schema.optionalKey(ReleaseWire), message: text })

const ids = Schema.Array(Schema.Int).check(Schema.isMaxLength(1000))

/** A release that is to be planned. */
export const ReleaseCreate = Schema.Struct({
  builds: ids.check(Schema.isMinLength(1)),
  build_tasks: maybe(Schema.Array(Schema.Int).check(Schema.isMaxLength(100_000))),
  platform_id: Schema.Int,
  reference_platform_id: maybe(Schema.Int),
  product_id: maybe(Schema.Int)
})
/** A release that is to be planned. */
export interface ReleaseCreate extends Schema.Schema.Type<typeof ReleaseCreate> {}

/** What is read of a repository in a plan that is sent back. */
export const WantedRepository = Schema.Struct({
  id: maybe(Schema.Int),
  name: text,
  arch: text,
  debug: maybe(Schema.Boolean)
})
/** What is read of a repository in a plan that is sent back. */
export interface WantedRepository extends Schema.Schema.Type<typeof WantedRepository> {}

/** A plan that is sent back: what is read of it is which package and module goes where. */
export const WantedPlan = Schema.Struct({
  packages: Schema.Array(Schema.Struct({
    package: Schema.Struct({
      name: text,
      epoch: Schema.Union([text, Schema.Int]),
      version: text,
      release: text,
      arch: text,
      force: maybe(Schema.Boolean)
    }),
    repositories: Schema.Array(WantedRepository)
  })).check(Schema.isMaxLength(100_000)),
  /** Recorded plans of products have an object here. */
  modules: maybe(Schema.Union([
    Schema.Array(Schema.Struct({
      module: Schema.Struct({
        name: text,
        stream: text,
        version: Schema.Union([text, Schema.Int]),
        context: text,
        arch: text
      }),
      repositories: Schema.Array(WantedRepository)
    })).check(Schema.isMaxLength(10_000)),
    Schema.Record(Schema.String, Schema.Json)
  ]))
})
/** A plan that is sent back. */
export interface WantedPlan extends Schema.Schema.Type<typeof WantedPlan> {}

/** A change of a release that has not gone out. */
export const ReleaseUpdate = Schema.Struct({
  builds: maybe(ids),
  build_tasks: maybe(Schema.Array(Schema.Int)),
  plan: maybe(WantedPlan)
})
/** A change of a release that has not gone out. */
export interface ReleaseUpdate extends Schema.Schema.Type<typeof ReleaseUpdate> {}
