/**
 * What ordering has to know about one component of a module, whatever document it came from.
 *
 * The keys are those of `components.rpms` and `components.modules` in the modulemd specification: `buildorder` sorts
 * components into barriers, `buildafter` names single prerequisites among the RPM components.
 */

/**
 * Under which key of `components` it is listed: a package, or a module whose packages are built as part of this one.
 */
export type Kind = "rpm" | "module"

/** One component as its document lists it. Fields that are absent are those the document does not write. */
export interface Orderable {
  readonly kind: Kind
  /** The key in the document, unique among components of its kind. */
  readonly name: string
  /** A signed 64-bit integer by specification; 0 counts as unset. */
  readonly buildorder?: bigint | number | undefined
  /** Keys of RPM components that must be in the buildroot first. */
  readonly buildafter?: ReadonlyArray<string> | undefined
  /** The package's real name where it differs from the key; only used to explain a mistaken `buildafter`. */
  readonly packageName?: string | undefined
  /** Expected effort in any unit, at least 0; 1 when nothing is known. Decides what is started first. */
  readonly weight?: number | undefined
  /** The components of an included module, once its document has been read; they are ordered as one group. */
  readonly included?: ReadonlyArray<Orderable> | undefined
}

/** Tells components apart: an RPM and a module may share a name. Also the form of the seed's `tasks` keys. */
export const key = (self: Pick<Orderable, "kind" | "name">): string => `${self.kind}s/${self.name}`
