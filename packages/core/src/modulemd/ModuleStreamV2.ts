/**
 * A module stream, version 2 (`document: modulemd` or `modulemd-stream`, `version: 2`): the form packagers commit, build
 * systems complete and repositories ship. Fields and nesting follow the YAML keys; what the build system fills in
 * (`version`, `context`, `arch`, `artifacts`) is `undefined` or empty until then.
 */
import * as ModuleContent from "./ModuleContent.ts"
import * as Component from "./ModulemdComponent.ts"
import type { Xmd } from "./Xmd.ts"

/** One stream of a module: before it is built what to build, afterwards also what came of it. */
export interface ModuleStreamV2 extends ModuleContent.WithUnknownKeys {
  readonly _tag: "ModuleStreamV2"
  readonly name: string | undefined
  readonly stream: string | undefined
  /** Unsigned 64 bit; `undefined` when not written, which libmodulemd calls 0. */
  readonly version: bigint | undefined
  /** Tells apart builds of one version; the packager's own name for it where `staticContext` is set. */
  readonly context: string | undefined
  readonly staticContext: boolean
  /** The one architecture of a built stream, as repositories have a document for each. */
  readonly arch: string | undefined
  readonly summary: string
  readonly description: string
  readonly servicelevels: ReadonlyMap<string, ModuleContent.ServiceLevel>
  readonly license: ModuleContent.License
  readonly xmd: Xmd | undefined
  /** Alternatives, each a set of streams; the module is built once for every combination they allow. */
  readonly dependencies: ReadonlyArray<ModuleContent.Dependencies>
  readonly references: ModuleContent.References
  readonly profiles: ReadonlyMap<string, ModuleContent.Profile>
  /** Names of binary packages that others may rely on. */
  readonly api: ReadonlyArray<string>
  /** Names of binary packages that are built and not shipped. */
  readonly filter: ReadonlyArray<string>
  /** Names of packages that left the module and may come from the platform again. */
  readonly demodularized: ReadonlyArray<string>
  readonly buildopts: ModuleContent.Buildopts
  readonly components: Component.Components
  readonly artifacts: ModuleContent.Artifacts
}

/** A stream with everything absent but the given fields. */
export const make = (fields: Partial<Omit<ModuleStreamV2, "_tag">>): ModuleStreamV2 => ({
  _tag: "ModuleStreamV2",
  name: undefined,
  stream: undefined,
  version: undefined,
  context: undefined,
  staticContext: false,
  arch: undefined,
  summary: "",
  description: "",
  servicelevels: new Map(),
  license: ModuleContent.noLicense,
  xmd: undefined,
  dependencies: [],
  references: ModuleContent.noReferences,
  profiles: new Map(),
  api: [],
  filter: [],
  demodularized: [],
  buildopts: ModuleContent.noBuildopts,
  components: Component.none,
  artifacts: ModuleContent.noArtifacts,
  ...fields
})
