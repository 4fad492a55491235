/** Package builds on the wire of AlmaLinux's build system: what is asked for, and what is shown, to clients of both generations. */
import * as Schema from "effect/Schema"
import { isNotEmpty } from "./AlbsBody.ts"
import { RepositoryWire } from "./RepositoryWire.ts"

const text = Schema.String
const number = Schema.Number
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** Options of the chroot, as they are: `MockOptions.read` of core says what they mean. */
const MockOptionsWire = Schema.Record(Schema.String, Schema.Json)

/** One package to build: `ref_type` is a number from 1 to 4, or `git_branch`, `git_tag`, `srpm_url`, `git_ref`. */
export const BuildTaskRef = Schema.Struct({
  url: text.check(Schema.isMaxLength(2048)),
  git_ref: maybe(text.check(Schema.isMaxLength(255))),
  ref_type: maybe(Schema.Union([number, text])),
  git_commit_hash: maybe(text),
  mock_options: maybe(MockOptionsWire),
  enabled: maybe(Schema.Boolean),
  exist: maybe(Schema.Boolean),
  test_configuration: maybe(Schema.Json),
  added_artifacts: maybe(Schema.Array(Schema.Json)),
  is_module: maybe(Schema.Boolean),
  module_platform_version: maybe(text),
  /** Decimal digits as text: more than a JSON number keeps. */
  module_version: maybe(text)
})
/** One package to build. */
export interface BuildTaskRef extends Schema.Schema.Type<typeof BuildTaskRef> {}

/** A whole module to build, as the preview gave it and a person edited it. */
export const BuildTaskModuleRef = Schema.Struct({
  module_name: text,
  module_stream: text,
  module_platform_version: maybe(text),
  /** Decimal digits as text: more than a JSON number keeps. */
  module_version: maybe(text),
  modules_yaml: text.check(Schema.isMaxLength(4 * 1024 * 1024)),
  enabled_modules: maybe(Schema.Struct({ buildtime: maybe(Schema.Array(text)), runtime: maybe(Schema.Array(text)) })),
  refs: Schema.Array(BuildTaskRef)
})
/** A whole module to build. */
export interface BuildTaskModuleRef extends Schema.Schema.Type<typeof BuildTaskModuleRef> {}

/** A platform to build for, and its architectures. */
export const BuildPlatformWire = Schema.Struct({
  name: text,
  arch_list: Schema.Array(text),
  parallel_mode_enabled: maybe(Schema.Boolean)
})

/** A build that is asked for. Today's `product_id` and `parallel_mode_enabled` may be left out, as clients of old do. */
export const BuildCreate = Schema.Struct({
  platforms: Schema.Array(BuildPlatformWire).check(isNotEmpty),
  tasks: Schema.Array(
    Schema.Union([BuildTaskModuleRef, BuildTaskRef])
  ).check(isNotEmpty),
  linked_builds: maybe(Schema.Array(Schema.Int).check(Schema.isMaxLength(1000))),
  mock_options: maybe(MockOptionsWire),
  platform_flavors: maybe(Schema.Array(Schema.Int).check(Schema.isMaxLength(100))),
  is_secure_boot: maybe(Schema.Boolean),
  independent_tasks: maybe(Schema.Boolean),
  product_id: maybe(Schema.Int)
})
/** A build that is asked for. */
export interface BuildCreate extends Schema.Schema.Type<typeof BuildCreate> {}

/** A person as builds show them. */
export const OwnerWire = Schema.Struct({ id: number, username: text, email: Schema.NullOr(text) })

/** A platform as builds show it. */
export const TaskPlatformWire = Schema.Struct({ id: number, type: text, name: text, arch_list: Schema.Array(text) })

/** A reference as builds show it. */
export const TaskRefWire = Schema.Struct({
  url: text,
  git_ref: Schema.NullOr(text),
  ref_type: Schema.NullOr(number),
  git_commit_hash: Schema.NullOr(text),
  mock_options: Schema.NullOr(Schema.Json),
  is_module: Schema.Boolean,
  enabled: Schema.Boolean,
  test_configuration: Schema.NullOr(Schema.Json),
  added_artifacts: Schema.Array(Schema.Json),
  module_platform_version: Schema.NullOr(text),
  module_version: Schema.NullOr(text)
})

/** A file that a task left. */
export const ArtifactWire = Schema.Struct({
  id: number,
  name: text,
  type: text,
  href: text,
  cas_hash: Schema.NullOr(text),
  meta: Schema.NullOr(Schema.Record(Schema.String, Schema.NullOr(text)))
})

/** A module that a task's package belongs to; `version` is text. */
export const RpmModuleWire = Schema.Struct({
  id: number,
  name: text,
  version: text,
  stream: text,
  context: text,
  arch: text
})

/** One task of a build. `status` is a number, see `AlbsStatus.ofTask`. */
export const BuildTaskWire = Schema.Struct({
  id: number,
  ts: Schema.NullOr(text),
  started_at: Schema.NullOr(text),
  finished_at: Schema.NullOr(text),
  status: number,
  index: number,
  arch: text,
  platform: TaskPlatformWire,
  ref: TaskRefWire,
  rpm_modules: Schema.Array(RpmModuleWire),
  artifacts: Schema.Array(ArtifactWire),
  is_cas_authenticated: Schema.Boolean,
  alma_commit_cas_hash: Schema.NullOr(text),
  mock_options: Schema.NullOr(Schema.Json),
  is_secure_boot: Schema.Boolean,
  test_tasks: Schema.Array(
    Schema.Struct({ id: number, status: number, revision: number, performance_stats: Schema.Array(Schema.Json) })
  ),
  error: Schema.NullOr(text),
  performance_stats: Schema.Array(Schema.Json)
}).annotate({ identifier: "AlbsBuildTask" })
/** One task of a build. */
export interface BuildTaskWire extends Schema.Schema.Type<typeof BuildTaskWire> {}

/** A build with its tasks. `user` is for clients of old, `owner` for today's; both are the same person. */
export const BuildWire = Schema.Struct({
  id: number,
  created_at: text,
  finished_at: Schema.NullOr(text),
  tasks: Schema.Array(BuildTaskWire),
  user: OwnerWire,
  owner: OwnerWire,
  sign_tasks: Schema.Array(
    Schema.Struct({
      id: number,
      started_at: Schema.NullOr(text),
      finished_at: Schema.NullOr(text),
      status: number,
      stats: Schema.NullOr(Schema.Json)
    })
  ),
  linked_builds: Schema.Array(number),
  mock_options: Schema.NullOr(Schema.Json),
  platform_flavors: Schema.Array(Schema.Json),
  release_id: Schema.NullOr(number),
  released: Schema.Boolean,
  cancel_testing: Schema.Boolean,
  products: Schema.Array(Schema.Struct({ id: number, name: text }))
}).annotate({ identifier: "AlbsBuild" })
/** A build with its tasks. */
export interface BuildWire extends Schema.Schema.Type<typeof BuildWire> {}

/** A page of builds, or all of them as a bare list where page 0 is asked for. */
export const BuildPage = Schema.Union([
  Schema.Struct({
    builds: Schema.Array(BuildWire),
    total_builds: Schema.NullOr(number),
    current_page: Schema.NullOr(number)
  }),
  Schema.Array(BuildWire)
])

/** A module whose packages are to be shown before it is built. */
export const ModulePreviewRequest = Schema.Struct({
  ref: BuildTaskRef,
  platform_name: text,
  platform_arches: maybe(Schema.Array(text)),
  flavors: maybe(Schema.Array(Schema.Int).check(Schema.isMaxLength(100)))
})

/** What a module would be built from. */
export const ModulePreview = Schema.Struct({
  refs: Schema.Array(Schema.Struct({
    url: text,
    git_ref: Schema.NullOr(text),
    exist: Schema.Boolean,
    enabled: Schema.Boolean,
    added_artifacts: Schema.Array(Schema.Json),
    mock_options: Schema.Json,
    ref_type: number
  })),
  modules_yaml: text,
  module_name: text,
  module_stream: text,
  enabled_modules: Schema.Struct({ buildtime: Schema.Array(text), runtime: Schema.Array(text) }),
  git_ref: Schema.NullOr(text)
})

/** What a node gets for one task: the keys that nodes of both generations need. */
export const NodeTaskWire = Schema.Struct({
  id: number,
  arch: text,
  build_id: number,
  ref: Schema.Struct({
    url: text,
    git_ref: Schema.NullOr(text),
    ref_type: number,
    git_commit_hash: Schema.NullOr(text)
  }),
  platform: Schema.Struct({ name: text, type: text, data: Schema.Json }),
  created_by: Schema.Struct({ name: text, email: text }),
  repositories: Schema.Array(RepositoryWire.mapFields(({ mock_enabled, name, priority, url }) => ({
    name,
    url,
    priority,
    mock_enabled
  }))),
  linked_builds: Schema.Array(number),
  built_srpm_url: Schema.NullOr(text),
  srpm_hash: Schema.NullOr(text),
  is_secure_boot: Schema.Boolean,
  is_cas_authenticated: Schema.Boolean,
  alma_commit_cas_hash: Schema.NullOr(text),
  /** Number of the hand-out; a node that repeats it in `build_done` is told apart from an earlier holder of its name. */
  lease: number
}).annotate({ identifier: "AlbsNodeTask" })
/** What a node gets for one task. */
export interface NodeTaskWire extends Schema.Schema.Type<typeof NodeTaskWire> {}

/** What a node can build. */
export const GetTask = Schema.Struct({
  supported_arches: Schema.Array(text.check(Schema.isMaxLength(50))).check(Schema.isMaxLength(50)),
  excluded_packages: maybe(Schema.Array(text.check(Schema.isMaxLength(255))).check(Schema.isMaxLength(1000))),
  /** Seconds to wait for a task where there is none at once; nodes of others do not say it, and get an answer at once. */
  wait: maybe(Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 60 })))
})
/** What a node can build. */
export interface GetTask extends Schema.Schema.Type<typeof GetTask> {}

/** What a node is working on. */
export const Ping = Schema.Struct({ active_tasks: Schema.Array(Schema.Int).check(Schema.isMaxLength(10_000)) })

/** How a task ended. Nodes of old send neither checksums nor what they measured. */
export const BuildDone = Schema.Struct({
  task_id: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_147_483_647 })),
  status: Schema.Literals(["done", "failed", "excluded"]),
  artifacts: Schema.Array(Schema.Struct({
    name: text,
    type: Schema.Literals(["rpm", "build_log"]),
    href: text.check(Schema.isMaxLength(2048)),
    sha256: maybe(text),
    path: maybe(text),
    cas_hash: maybe(text)
  })),
  stats: maybe(Schema.Record(Schema.String, Schema.Json)),
  is_cas_authenticated: maybe(Schema.Boolean),
  git_commit_hash: maybe(text),
  alma_commit_cas_hash: maybe(text),
  lease: maybe(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_147_483_647 })))
})
/** How a task ended. */
export interface BuildDone extends Schema.Schema.Type<typeof BuildDone> {}
