/** People, teams and roles on the wire of AlmaLinux's build system. */
import * as Schema from "effect/Schema"

const text = Schema.String
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** A person. */
export const UserWire = Schema.Struct({
  id: Schema.Number,
  username: text,
  email: Schema.NullOr(text),
  is_active: Schema.Boolean,
  is_superuser: Schema.Boolean,
  is_verified: Schema.Boolean
}).annotate({ identifier: "AlbsUser" })
/** A person. */
export interface UserWire extends Schema.Schema.Type<typeof UserWire> {}

/** The code that the forge gave to somebody who logged in there. */
export const LoginCode = Schema.Struct({ code: text.check(Schema.isMinLength(1), Schema.isMaxLength(1024)) })

/** Who logged in, and the token to call with. */
export const LoggedIn = Schema.Struct({
  id: Schema.Number,
  username: text,
  email: Schema.NullOr(text),
  jwt_token: text
})

/** Name or e-mail address, and password. */
export const LoginForm = Schema.Struct({
  username: text.check(Schema.isMaxLength(1024)),
  password: text.check(Schema.isMaxLength(4096))
})

/** A token, as the form login of today answers. */
export const AccessToken = Schema.Struct({ access_token: text, token_type: text })

/** What is to be different about a person. */
export const UserModify = Schema.Struct({
  id: Schema.Int,
  is_active: maybe(Schema.Boolean),
  is_verified: maybe(Schema.Boolean),
  is_superuser: maybe(Schema.Boolean)
})

/** A role: what those who have it may do. */
export const RoleWire = Schema.Struct({ id: Schema.Number, name: text }).annotate({ identifier: "AlbsRole" })

/** Ids of roles, a bare list. */
export const RoleIds = Schema.Array(Schema.Int).check(Schema.isMaxLength(1000))

/** A team with its members. */
export const TeamWire = Schema.Struct({
  id: Schema.Number,
  name: text,
  members: Schema.Array(UserWire),
  owner: Schema.NullOr(UserWire),
  products: Schema.Array(Schema.Struct({ id: Schema.Number, name: text, title: Schema.NullOr(text) })),
  roles: Schema.Array(RoleWire)
}).annotate({ identifier: "AlbsTeam" })
/** A team with its members. */
export interface TeamWire extends Schema.Schema.Type<typeof TeamWire> {}

/** All teams, or a page of them. */
export const TeamPage = Schema.Union([
  Schema.Array(TeamWire),
  Schema.Struct({ teams: Schema.Array(TeamWire), total_teams: Schema.Number, current_page: Schema.Number })
])

/** A team that is to be made. */
export const TeamCreate = Schema.Struct({
  team_name: text.check(Schema.isMinLength(1), Schema.isMaxLength(255)),
  user_id: Schema.Int
})

/** Members that are to come or go. */
export const TeamMembers = Schema.Struct({
  members_to_update: Schema.Array(
    Schema.StructWithRest(Schema.Struct({ id: Schema.Int }), [Schema.Record(Schema.String, Schema.Json)])
  )
})
