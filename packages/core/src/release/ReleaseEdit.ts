/** What people change about a plan. A plan is computed anew with them, so they stay when builds are added; the last one holds. */
import * as Schema from "effect/Schema"

const who = { by: Schema.String, why: Schema.String }

export const ReleaseEdit = Schema.Union([
  /** The package goes to these repositories and no others. */
  Schema.TaggedStruct("Place", { package: Schema.String, repositories: Schema.Array(Schema.String), ...who }),
  /** The module goes to these repositories and no others; its packages go where they go. */
  Schema.TaggedStruct("PlaceModule", { module: Schema.String, repositories: Schema.Array(Schema.String), ...who }),
  /** The package, or the module's document, is left out. */
  Schema.TaggedStruct("Exclude", { subject: Schema.String, ...who }),
  /** Takes back what was said about a package or module. */
  Schema.TaggedStruct("Reset", { subject: Schema.String, ...who }),
  /** The package is released although something blocks it: another file of its name, a missing signature, a downgrade. */
  Schema.TaggedStruct("Force", { package: Schema.String, ...who })
])
/** A change of a plan by people. */
export type ReleaseEdit = typeof ReleaseEdit.Type

type Of<T extends ReleaseEdit["_tag"]> = ReleaseEdit & { readonly _tag: T }

/** What holds after all edits, by the identity of package or module. */
export interface Edits {
  readonly places: ReadonlyMap<string, Of<"Place"> | Of<"PlaceModule">>
  readonly excluded: ReadonlyMap<string, Of<"Exclude">>
  readonly forced: ReadonlyMap<string, Of<"Force">>
  /** Identities that edits speak of. */
  readonly subjects: ReadonlySet<string>
}

const subjectOf = (edit: ReleaseEdit): string =>
  edit._tag === "Place" || edit._tag === "Force"
    ? edit.package
    : edit._tag === "PlaceModule"
    ? edit.module
    : edit.subject

/** Joins edits in their order. Placing takes an exclusion back, and the other way round; forcing stands beside both. */
export const join = (edits: ReadonlyArray<ReleaseEdit>): Edits => {
  const places = new Map<string, Of<"Place"> | Of<"PlaceModule">>()
  const excluded = new Map<string, Of<"Exclude">>()
  const forced = new Map<string, Of<"Force">>()
  for (const edit of edits) {
    const subject = subjectOf(edit)
    if (edit._tag === "Force") {
      forced.set(subject, edit)
      continue
    }
    places.delete(subject)
    excluded.delete(subject)
    if (edit._tag === "Exclude") excluded.set(subject, edit)
    else if (edit._tag === "Reset") forced.delete(subject)
    else places.set(subject, edit)
  }
  return { places, excluded, forced, subjects: new Set([...places.keys(), ...excluded.keys(), ...forced.keys()]) }
}
