/** What a component's build leaves behind: packages, by identity and place. */
import * as Schema from "effect/Schema"

/** One file that a component's build left behind. */
export const Artifact = Schema.Struct({
  /** `name-epoch:version-release.arch`, the epoch always written. */
  nevra: Schema.String,
  /** Where a repository host can fetch it: a path or URL of the farm's. */
  location: Schema.String,
  license: Schema.optionalKey(Schema.String),
  /** Of source packages: the architectures that `ExclusiveArch` and `ExcludeArch` name; absent where they name none. */
  exclusiveArch: Schema.optionalKey(Schema.Array(Schema.String)),
  excludeArch: Schema.optionalKey(Schema.Array(Schema.String)),
  /** `size` in bytes, `sha256` in lower-case hexadecimal digits; absent where the farm does not tell. */
  size: Schema.optionalKey(Schema.Number),
  sha256: Schema.optionalKey(Schema.String)
})
export interface Artifact extends Schema.Schema.Type<typeof Artifact> {}
