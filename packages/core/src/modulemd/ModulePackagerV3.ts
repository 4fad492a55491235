/**
 * A packager's document, version 3 (`document: modulemd-packager`, `version: 3`): one document for all the
 * configurations (context and platform) a stream is built for. `Upgrade` expands it into streams v2 and defaults.
 */
import * as ModuleContent from "./ModuleContent.ts"
import * as Component from "./ModulemdComponent.ts"
import type { Xmd } from "./Xmd.ts"

/** One combination to build for. */
export interface Configuration extends ModuleContent.WithUnknownKeys {
  /** 1 to 10 of `[a-zA-Z0-9]`, unique in the document; becomes the static context of the stream. */
  readonly context: string
  /** Stream of the module `platform` that is built for. */
  readonly platform: string
  /** Module name to its one stream; `platform` is not repeated here. */
  readonly buildrequires: ReadonlyMap<string, string>
  readonly requires: ReadonlyMap<string, string>
  readonly buildopts: ModuleContent.Buildopts
}

/** What a packager writes for all configurations together. */
export interface ModulePackagerV3 extends ModuleContent.WithUnknownKeys {
  readonly _tag: "ModulePackagerV3"
  readonly name: string | undefined
  readonly stream: string | undefined
  readonly summary: string
  readonly description: string
  /** Licences of the metadata; empty means `MIT`. */
  readonly license: ReadonlyArray<string>
  readonly xmd: Xmd | undefined
  readonly configurations: ReadonlyArray<Configuration>
  readonly references: ModuleContent.References
  readonly profiles: ReadonlyMap<string, ModuleContent.Profile>
  readonly api: ReadonlyArray<string>
  readonly filter: ReadonlyArray<string>
  readonly demodularized: ReadonlyArray<string>
  readonly components: Component.Components
}

/** A document with everything absent but the given fields. */
export const make = (fields: Partial<Omit<ModulePackagerV3, "_tag">>): ModulePackagerV3 => ({
  _tag: "ModulePackagerV3",
  name: undefined,
  stream: undefined,
  summary: "",
  description: "",
  license: [],
  xmd: undefined,
  configurations: [],
  references: ModuleContent.noReferences,
  profiles: new Map(),
  api: [],
  filter: [],
  demodularized: [],
  components: Component.none,
  ...fields
})
