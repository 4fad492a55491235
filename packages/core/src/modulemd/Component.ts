/**
 * What a module is built from: packages (`components.rpms`) and other modules (`components.modules`).
 *
 * Keys, types and defaults as in the modulemd v2 specification; the map key a component lives under names its source
 * (VCS or SRPM name) and is not repeated in the value.
 */

/** A package to build. Text that was absent is `undefined`; absent sets are empty; sets are sorted and free of duplicates. */
export interface RpmComponent {
  readonly rationale: string | undefined
  /** The real package name where it differs from the key (the same source built twice while bootstrapping). */
  readonly name: string | undefined
  readonly repository: string | undefined
  readonly cache: string | undefined
  /** Branch, tag or commit; absent means the default branch. */
  readonly ref: string | undefined
  readonly buildroot: boolean
  readonly srpmBuildroot: boolean
  readonly buildonly: boolean
  /** Signed 64 bit; components of equal value form one batch, lower values are built first. 0 when not written. */
  readonly buildorder: bigint
  /** Keys of other packages of the same document that must be built before. */
  readonly buildafter: ReadonlyArray<string>
  readonly arches: ReadonlyArray<string>
  readonly multilib: ReadonlyArray<string>
}

/** A module whose packages are built as part of this one. */
export interface ModuleComponent {
  readonly rationale: string | undefined
  readonly repository: string | undefined
  readonly ref: string | undefined
  readonly buildorder: bigint
  readonly buildonly: boolean
}

export interface Components {
  readonly rpms: ReadonlyMap<string, RpmComponent>
  readonly modules: ReadonlyMap<string, ModuleComponent>
}

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

export const module = (fields: Partial<ModuleComponent> = {}): ModuleComponent => ({
  rationale: undefined,
  repository: undefined,
  ref: undefined,
  buildorder: 0n,
  buildonly: false,
  ...fields
})

export const none: Components = { rpms: new Map(), modules: new Map() }
