/**
 * Defaults of a module (`document: modulemd-defaults`, `version: 1`): the stream enabled by default and the profiles
 * installed by default per stream.
 */
import type { WithUnknownKeys } from "./ModuleContent.ts"

/** @deprecated intents are kept faithfully, but no client uses them any more. */
export interface Intent extends WithUnknownKeys {
  readonly stream: string | undefined
  readonly profiles: ReadonlyMap<string, ReadonlyArray<string>>
}

/** Which stream and which profiles users get who ask for none. */
export interface ModuleDefaults extends WithUnknownKeys {
  readonly _tag: "ModuleDefaults"
  readonly module: string
  /** `YYYYMMDDHHMM` by convention; decides between contradicting documents. 0 when not written. */
  readonly modified: bigint
  /** The stream enabled by default; absent where the module has none. */
  readonly stream: string | undefined
  /** Stream to the names of its default profiles. */
  readonly profiles: ReadonlyMap<string, ReadonlyArray<string>>
  readonly intents: ReadonlyMap<string, Intent>
}

/** Defaults with everything absent but the given fields. */
export const make = (fields: Partial<Omit<ModuleDefaults, "_tag">> & { readonly module: string }): ModuleDefaults => ({
  _tag: "ModuleDefaults",
  modified: 0n,
  stream: undefined,
  profiles: new Map(),
  intents: new Map(),
  ...fields
})
