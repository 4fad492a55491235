/** What a platform asks of releases: who decides where packages go, and which are refused. */
import * as Schema from "effect/Schema"
import { PlacementRule } from "./ReleaseTarget.ts"

const option = Schema.optionalKey

export const ReleasePolicy = Schema.Struct({
  /** The first that speaks of a package is heard. */
  rules: option(Schema.Array(PlacementRule).check(Schema.isMaxLength(10_000))),
  /** The family of packages that nobody knows. */
  fallback: option(Schema.String),
  /** Families of repositories, by their name, where the name does not tell. */
  families: option(Schema.Record(Schema.String, Schema.String)),
  /** Whether packages must be signed with a key of the platform; they must where the platform has a key, unless told. */
  signatures: option(Schema.Literals(["required", "reported", "ignored"])),
  /** Whether packages may be older than what is there; not unless told. */
  downgrades: option(Schema.Literals(["refused", "reported"])),
  /** Fingerprints of keys, beside the platform's sign keys. */
  keys: option(Schema.Array(Schema.String)),
  /** Armoured public keys, with which signatures are verified. */
  public_keys: option(Schema.Array(Schema.String)),
  /** Names of platforms whose reference data is asked, the best first. */
  references: option(Schema.Array(Schema.String))
})
/** What a platform asks of releases. */
export type ReleasePolicy = typeof ReleasePolicy.Type
