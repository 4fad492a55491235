/**
 * What a module is built from: packages (`components.rpms`) and other modules (`components.modules`).
 *
 * Keys, types and defaults as in the modulemd v2 specification; the map key a component lives under names its source
 * (VCS or SRPM name) and is not repeated in the value.
 */
import type { WithUnknownKeys } from "./ModuleContent.ts"

/** A package to build. Text that was absent is `undefined`; absent sets are empty; sets are sorted and free of duplicates. */
export interface RpmComponent extends WithUnknownKeys {
  readonly rationale: string | undefined
  /** The real package name where it differs from the key (the same source built twice while bootstrapping). */
  readonly name: string | undefined
  /** URL of the source repository; absent means that the builder decides by the package's name. */
  readonly repository: string | undefined
  /** URL of the lookaside cache; absent means that the builder decides. */
  readonly cache: string | undefined
  /** Branch, tag or commit; absent means the default branch. */
  readonly ref: string | undefined
  /** Whether the package becomes part of the buildroot in which later components are built. */
  readonly buildroot: boolean
  /** The same for the buildroot in which source packages are made. */
  readonly srpmBuildroot: boolean
  /** Whether the package is needed for building only, so that the module ships none of it. */
  readonly buildonly: boolean
  /** Signed 64 bit; components of equal value form one batch, lower values are built first. 0 when not written. */
  readonly buildorder: bigint
  /** Keys of other packages of the same document that must be built before. */
  readonly buildafter: ReadonlyArray<string>
  /** Architectures it is built for; empty means every one. */
  readonly arches: ReadonlyArray<string>
  /** Architectures whose repositories also get the package's build for their 32-bit companion. */
  readonly multilib: ReadonlyArray<string>
}

/** A module whose packages are built as part of this one. */
export interface ModuleComponent extends WithUnknownKeys {
  readonly rationale: string | undefined
  readonly repository: string | undefined
  readonly ref: string | undefined
  readonly buildorder: bigint
  readonly buildonly: boolean
}

/** Everything a module is built from, by key, in the order in which the document names it. */
export interface Components extends WithUnknownKeys {
  readonly rpms: ReadonlyMap<string, RpmComponent>
  readonly modules: ReadonlyMap<string, ModuleComponent>
}

/** A package component with the fields given; everything else has the value of a key that is not written. */
export const rpm = (fields: Partial<RpmComponent> = {}): RpmComponent => ({
  rationale: undefined,
  name: undefined,
  repository: undefined,
  cache: undefined,
  ref: undefined,
  buildroot: false,
  srpmBuildroot: false,
  buildonly: false,
  buildorder: 0n,
  buildafter: [],
  arches: [],
  multilib: [],
  ...fields
})

/** A module component with the fields given; everything else has the value of a key that is not written. */
export const module = (fields: Partial<ModuleComponent> = {}): ModuleComponent => ({
  rationale: undefined,
  repository: undefined,
  ref: undefined,
  buildorder: 0n,
  buildonly: false,
  ...fields
})

/** No components at all. */
export const none: Components = { rpms: new Map(), modules: new Map() }
