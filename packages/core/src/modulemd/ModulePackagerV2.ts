/**
 * A packager's document, version 2 (`document: modulemd-packager`, `version: 2`): a stream v2 without what the build
 * system adds (identity, artifacts, build options). `toStream` gives the stream it stands for.
 */
import * as ModuleContent from "./ModuleContent.ts"
import * as Component from "./ModulemdComponent.ts"
import * as ModuleStreamV2 from "./ModuleStreamV2.ts"

/** What a packager writes, without what the build system fills in. */
export interface ModulePackagerV2 extends ModuleContent.WithUnknownKeys {
  readonly _tag: "ModulePackagerV2"
  readonly staticContext: boolean
  readonly summary: string
  readonly description: string
  /** Licences of the module's metadata (`license.module`). */
  readonly license: ReadonlyArray<string>
  readonly dependencies: ReadonlyArray<ModuleContent.Dependencies>
  readonly references: ModuleContent.References
  readonly profiles: ReadonlyMap<string, ModuleContent.Profile>
  readonly api: ReadonlyArray<string>
  readonly filter: ReadonlyArray<string>
  readonly demodularized: ReadonlyArray<string>
  readonly components: Component.Components
}

/** A document with everything absent but the given fields. */
export const make = (fields: Partial<Omit<ModulePackagerV2, "_tag">>): ModulePackagerV2 => ({
  _tag: "ModulePackagerV2",
  staticContext: false,
  summary: "",
  description: "",
  license: [],
  dependencies: [],
  references: ModuleContent.noReferences,
  profiles: new Map(),
  api: [],
  filter: [],
  demodularized: [],
  components: Component.none,
  ...fields
})

/** The stream a build system completes; name and stream come from where the document was found. */
export const toStream = (
  self: ModulePackagerV2,
  identity: { readonly name?: string; readonly stream?: string } = {}
): ModuleStreamV2.ModuleStreamV2 => {
  const { _tag: _, license, ...shared } = self
  return ModuleStreamV2.make({ ...shared, license: { module: license, content: [] }, ...identity })
}
