/**
 * A module stream, version 1 (`document: modulemd`, `version: 1`): one stream per dependency, an `eol` date, no
 * `static_context`, `demodularized` or `rpm-map`. Read and written as it is; `Upgrade` turns it into version 2.
 */
import * as ModuleContent from "./ModuleContent.ts"
import * as Component from "./ModulemdComponent.ts"
import type { Xmd } from "./Xmd.ts"

/** A stream as it was written before version 2. */
export interface ModuleStreamV1 extends ModuleContent.WithUnknownKeys {
  readonly _tag: "ModuleStreamV1"
  readonly name: string | undefined
  readonly stream: string | undefined
  readonly version: bigint | undefined
  readonly context: string | undefined
  readonly arch: string | undefined
  readonly summary: string
  readonly description: string
  /** The v1 key `eol` is the service level `rawhide`, as in libmodulemd. */
  readonly servicelevels: ReadonlyMap<string, ModuleContent.ServiceLevel>
  readonly license: ModuleContent.License
  readonly xmd: Xmd | undefined
  /** Module name to its one stream. */
  readonly buildrequires: ReadonlyMap<string, string>
  readonly requires: ReadonlyMap<string, string>
  readonly references: ModuleContent.References
  readonly profiles: ReadonlyMap<string, ModuleContent.Profile>
  readonly api: ReadonlyArray<string>
  readonly filter: ReadonlyArray<string>
  readonly buildopts: ModuleContent.Buildopts
  readonly components: Component.Components
  /** `name-epoch:version-release.arch` of everything the module ships. */
  readonly artifacts: ReadonlyArray<string>
}

/** A stream with everything absent but the given fields. */
export const make = (fields: Partial<Omit<ModuleStreamV1, "_tag">>): ModuleStreamV1 => ({
  _tag: "ModuleStreamV1",
  name: undefined,
  stream: undefined,
  version: undefined,
  context: undefined,
  arch: undefined,
  summary: "",
  description: "",
  servicelevels: new Map(),
  license: ModuleContent.noLicense,
  xmd: undefined,
  buildrequires: new Map(),
  requires: new Map(),
  references: ModuleContent.noReferences,
  profiles: new Map(),
  api: [],
  filter: [],
  buildopts: ModuleContent.noBuildopts,
  components: Component.none,
  artifacts: [],
  ...fields
})
