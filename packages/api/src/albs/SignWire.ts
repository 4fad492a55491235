/** Signing on the wire of AlmaLinux's build system: keys, requests, and what signers get and bring. */
import * as Schema from "effect/Schema"

const text = Schema.String
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))
const keyId = text.check(Schema.isPattern(/^[0-9A-Fa-f]{16}$/, { message: "a key id has 16 hexadecimal digits" }))
const fingerprint = text.check(
  Schema.isPattern(/^[0-9A-Fa-f]{40}$/, { message: "a fingerprint has 40 hexadecimal digits" })
)

/** A signing key as both generations of clients read it. */
export const SignKeyWire = Schema.Struct({
  id: Schema.Number,
  name: text,
  description: text,
  keyid: text,
  fingerprint: text,
  public_url: text,
  inserted: text,
  active: Schema.Boolean,
  archived: Schema.NullOr(text),
  platform_ids: Schema.NullOr(Schema.Array(Schema.Number)),
  product_id: Schema.NullOr(Schema.Number)
}).annotate({ identifier: "AlbsSignKey" })
/** A signing key as clients read it. */
export interface SignKeyWire extends Schema.Schema.Type<typeof SignKeyWire> {}

/** A signing key that is to be known. */
export const SignKeyCreate = Schema.Struct({
  name: text,
  description: text,
  keyid: keyId,
  fingerprint,
  public_url: text,
  platform_ids: maybe(Schema.Array(Schema.Int)),
  owner_id: maybe(Schema.Int)
})
/** A signing key that is to be known. */
export interface SignKeyCreate extends Schema.Schema.Type<typeof SignKeyCreate> {}

/** A change of a signing key; what is absent stays. */
export const SignKeyUpdate = Schema.Struct({
  name: maybe(text),
  description: maybe(text),
  keyid: maybe(keyId),
  fingerprint: maybe(fingerprint),
  public_url: maybe(text),
  active: maybe(Schema.Boolean),
  platform_ids: maybe(Schema.Array(Schema.Int))
})

/** A request to sign a build. */
export const SignTaskCreate = Schema.Struct({ build_id: Schema.Int, sign_key_id: Schema.Int })

/** A request to sign a build as clients read it; `status` is a number, see `AlbsStatus.ofSigning`. */
export const SignTaskWire = Schema.Struct({
  id: Schema.Number,
  build_id: Schema.Number,
  sign_key: SignKeyWire,
  status: Schema.Number,
  error_message: Schema.NullOr(text),
  log_href: Schema.NullOr(text)
}).annotate({ identifier: "AlbsSignTask" })

/** The keys that a signer has. */
export const GetSignTask = Schema.Struct({
  key_ids: Schema.Array(text).check(Schema.isMaxLength(1000)),
  /** Seconds to wait for a task where there is none at once; signers of others do not say it, and get an answer at once. */
  wait: maybe(Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 60 })))
})

/** What a signer gets; an empty object when there is nothing to sign. */
export const AvailableSignTask = Schema.Union([
  Schema.Struct({
    id: Schema.Number,
    build_id: Schema.Number,
    keyid: text,
    sign_files: Schema.Boolean,
    packages: Schema.Array(Schema.Struct({
      id: Schema.Number,
      name: text,
      arch: text,
      type: text,
      cas_hash: Schema.NullOr(text),
      download_url: text
    }))
  }),
  Schema.Struct({})
])

/** What a signer brings. Signers of old send neither fingerprints nor checksums, which is not enough. */
export const SignTaskComplete = Schema.Struct({
  build_id: Schema.Int,
  success: Schema.Boolean,
  error_message: maybe(text.check(Schema.isMaxLength(65_536))),
  log_href: maybe(text),
  packages: maybe(Schema.Array(Schema.Struct({
    id: Schema.Int,
    name: text,
    arch: maybe(text),
    type: maybe(text),
    href: text,
    fingerprint: maybe(text),
    sha256: maybe(text),
    cas_hash: maybe(text)
  }))),
  stats: maybe(Schema.Record(Schema.String, Schema.Json))
})
/** What a signer brings. */
export interface SignTaskComplete extends Schema.Schema.Type<typeof SignTaskComplete> {}

/** A key that a signer is to make; an empty object when there is none. */
export const GenKeyTask = Schema.Union([
  Schema.Struct({ id: Schema.Number, user_name: text, user_email: text, product_name: text }),
  Schema.Struct({})
])

/** The key that a signer made. */
export const GenKeyComplete = Schema.Struct({
  success: Schema.Boolean,
  error_message: maybe(text),
  sign_key_href: maybe(text),
  key_name: maybe(text),
  key_id: maybe(text),
  fingerprint: maybe(text),
  file_name: maybe(text)
})

/** Whether what was asked for is done. */
export const Success = Schema.Struct({ success: Schema.Boolean, message: Schema.optionalKey(Schema.NullOr(text)) })
