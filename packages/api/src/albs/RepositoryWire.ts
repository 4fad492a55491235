/** A repository of packages on the wire of AlmaLinux's build system. */
import * as Schema from "effect/Schema"

/** A repository. `type` is `rpm`, `build_log`, `test_log` or `sign_key`. */
export const RepositoryWire = Schema.Struct({
  id: Schema.Number,
  name: Schema.String,
  arch: Schema.String,
  url: Schema.String,
  type: Schema.String,
  debug: Schema.NullOr(Schema.Boolean),
  production: Schema.NullOr(Schema.Boolean),
  pulp_href: Schema.NullOr(Schema.String),
  priority: Schema.Number,
  mock_enabled: Schema.Boolean
}).annotate({ identifier: "AlbsRepository" })
/** A repository. */
export interface RepositoryWire extends Schema.Schema.Type<typeof RepositoryWire> {}

/** A repository that a platform is to have. */
export const RepositoryCreate = Schema.Struct({
  name: Schema.String.check(Schema.isMaxLength(255), Schema.isPattern(/^[^\p{Cc}[\]]+$/u)),
  arch: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(50)),
  // Nodes write it into the settings of a chroot's dnf.
  url: Schema.String.check(
    Schema.isMaxLength(2048),
    Schema.isPattern(/^[a-z][a-z0-9+.-]*:\/\/[^\s\p{Cc}]+$/iu, { message: "The URL of a repository is expected" })
  ),
  type: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(50)),
  debug: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  production: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  pulp_href: Schema.optionalKey(Schema.NullOr(Schema.String)),
  priority: Schema.optionalKey(
    Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })))
  ),
  mock_enabled: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
})
/** A repository that a platform is to have. */
export interface RepositoryCreate extends Schema.Schema.Type<typeof RepositoryCreate> {}
