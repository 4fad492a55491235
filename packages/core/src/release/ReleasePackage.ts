/**
 * A package that may be released, as builds hand it over: what it is called, which bytes it is, where it comes from, who signed it.
 */
import * as Schema from "effect/Schema"
import * as Arch from "../Arch.ts"
import * as Nevra from "../Nevra.ts"

export const ReleasePackage = Schema.Struct({
  /** `name-epoch:version-release.arch`. */
  nevra: Schema.String,
  /** Of the file, in hexadecimal. */
  sha256: Schema.String,
  /** A path or address that repository hosts can read. */
  location: Schema.String,
  /** Number of the build it is of. */
  build: Schema.Number,
  /** Name of its source package. */
  source: Schema.String,
  /** Architecture of the build task that brought it; the first one's, where several did. */
  task: Schema.optionalKey(Schema.String),
  /** `name:stream` of the module it belongs to. */
  module: Schema.optionalKey(Schema.String),
  /** Fingerprints of the keys it is signed with, hexadecimal; a key id is the end of a fingerprint. */
  signers: Schema.Array(Schema.String),
  /** As RPM writes them: `bash >= 5.1`. Packages without are not looked at for what they need. */
  requires: Schema.optionalKey(Schema.Array(Schema.String)),
  provides: Schema.optionalKey(Schema.Array(Schema.String))
})
/** A package that may be released. */
export type ReleasePackage = typeof ReleasePackage.Type

export const ReleaseModule = Schema.Struct({
  /** `name:stream:version:context:arch`. */
  id: Schema.String,
  text: Schema.String,
  /** Number of the build it is of. */
  build: Schema.Number,
  /** NEVRAs of the packages it ships. */
  artifacts: Schema.Array(Schema.String)
})
/** The document of a module that may be released, for one architecture. */
export type ReleaseModule = typeof ReleaseModule.Type

/** What kind of repository a package belongs in. */
export type Kind = "binary" | "debug" | "source"

const debugName = /-debug(?:info|source)$/

/** Told by architecture and name, as RPM names what it splits off. */
export const kindOf = ({ arch, name }: Nevra.Nevra): Kind =>
  Arch.isSource(arch) ? "source" : debugName.test(name) ? "debug" : "binary"

/** The name of the package that a debug package is of: `bash` for `bash-debuginfo`; other names stay. */
export const followed = (name: string): string => name.replace(debugName, "")

/** `name:stream` of a module's identity. */
export const moduleOf = ({ id }: Pick<ReleaseModule, "id">): string => id.split(":", 2).join(":")

/** The architecture of a module's identity: its last part. */
export const moduleArch = ({ id }: Pick<ReleaseModule, "id">): string => id.slice(id.lastIndexOf(":") + 1)
