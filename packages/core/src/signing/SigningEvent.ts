/** Everything that can happen to a signing. Stored for ever: fields are only ever added, as optional keys. */
import * as Schema from "effect/Schema"

const At = { /** Milliseconds since the epoch. */ at: Schema.Number }

/** One thing that happened to a signing. */
export const SigningEvent = Schema.Union([
  Schema.TaggedStruct("Requested", At),
  Schema.TaggedStruct("Taken", { ...At, signer: Schema.String }),
  /** The signer was not heard of for too long. */
  Schema.TaggedStruct("Lapsed", At),
  Schema.TaggedStruct("Brought", {
    ...At,
    signer: Schema.String,
    packages: Schema.Array(Schema.Struct({
      id: Schema.Number,
      name: Schema.String,
      fingerprint: Schema.optionalKey(Schema.String),
      href: Schema.String,
      sha256: Schema.optionalKey(Schema.String)
    })),
    logHref: Schema.optionalKey(Schema.String),
    stats: Schema.optionalKey(Schema.Json)
  }),
  /** The signer could not do it. */
  Schema.TaggedStruct("SignerFailed", { ...At, signer: Schema.String, reason: Schema.String }),
  /** The signed packages are in the build's repositories. */
  Schema.TaggedStruct("Imported", {
    ...At,
    packages: Schema.Array(
      Schema.Struct({ name: Schema.String, href: Schema.String, sha256: Schema.optionalKey(Schema.String) })
    )
  }),
  /** The signed packages cannot be taken: a checksum that differs, a signature that is none. */
  Schema.TaggedStruct("ImportRefused", { ...At, reason: Schema.String }),
  /** A command can never succeed; `command` is its tag. */
  Schema.TaggedStruct("CommandRejected", { ...At, command: Schema.String, reason: Schema.String }),
  Schema.TaggedStruct("CancelRequested", { ...At, by: Schema.String })
])
export type SigningEvent = typeof SigningEvent.Type

/** What a signing wants done. Run at least once, so whoever runs one must find what an earlier attempt did. */
export const SigningCommand = Schema.Union([
  /** Put the signed packages into the build's repositories, in place of the unsigned ones. */
  Schema.TaggedStruct("ImportSigned", {}),
  /** Tell the package build which files are signed now. */
  Schema.TaggedStruct("TellBuild", {})
])
export type SigningCommand = typeof SigningCommand.Type
