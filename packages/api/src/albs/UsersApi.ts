/** People, their teams and roles, and how they log in. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import { AlbsRight } from "./AlbsRight.ts"
import { Success } from "./SignWire.ts"
import * as UserWire from "./UserWire.ts"

const text = Schema.optionalKey(Schema.String)
const changed = [...AlbsError.forCallers, AlbsError.AlbsNotFound, AlbsError.AlbsConflict] as const

/** People, as those who are logged in see each other. */
export class UsersApi extends HttpApiGroup.make("albsUsers")
  .add(
    /** By `id`, `name` or `email`. */
    HttpApiEndpoint.get("find", "/", {
      query: { id: text, name: text, email: text },
      success: UserWire.UserWire,
      error: [...AlbsError.forCallers, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "user"),
    /** E-mail addresses are for those who are logged in. */
    HttpApiEndpoint.get("all", "/all_users", {
      success: Schema.Array(UserWire.UserWire),
      error: AlbsError.forEverybody
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.get("allOfOld", "/all_user", {
      success: Schema.Array(UserWire.UserWire),
      error: AlbsError.forEverybody
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.put("modify", "/:user_id", {
      params: { user_id: Schema.String },
      payload: UserWire.UserModify,
      success: Success,
      error: changed
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.get("roles", "/:user_id/roles", {
      params: { user_id: Schema.String },
      success: Schema.Array(UserWire.RoleWire),
      error: changed
    }).annotate(AlbsRight, "user"),
    HttpApiEndpoint.patch("addRoles", "/:user_id/roles/add", {
      params: { user_id: Schema.String },
      payload: UserWire.RoleIds,
      success: Success,
      error: changed
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.patch("removeRoles", "/:user_id/roles/remove", {
      params: { user_id: Schema.String },
      payload: UserWire.RoleIds,
      success: Success,
      error: changed
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.get("teams", "/:user_id/teams", {
      params: { user_id: Schema.String },
      success: Schema.Array(UserWire.TeamWire),
      error: changed
    }).annotate(AlbsRight, "user"),
    /** The person can no longer call; what they made keeps their name. */
    HttpApiEndpoint.delete("remove", "/:user_id/remove", {
      params: { user_id: Schema.String },
      success: HttpApiSchema.NoContent,
      error: changed
    }).annotate(AlbsRight, "admin")
  )
  .prefix("/api/v1/users")
  .annotateMerge(OpenApi.annotations({ title: "Build system: people" }))
{}

/** Teams and roles. */
export class TeamsApi extends HttpApiGroup.make("albsTeams")
  .add(
    /** A page of ten with `pageNumber`, all without it. */
    HttpApiEndpoint.get("list", "/teams/", {
      query: { pageNumber: text },
      success: UserWire.TeamPage,
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "user"),
    HttpApiEndpoint.get("get", "/teams/:team_id/", {
      params: { team_id: Schema.String },
      success: UserWire.TeamWire,
      error: changed
    }).annotate(
      AlbsRight,
      "user"
    ),
    HttpApiEndpoint.post("create", "/teams/create/", {
      payload: UserWire.TeamCreate,
      success: UserWire.TeamWire,
      error: changed
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.post("addMembers", "/teams/:team_id/members/add/", {
      params: { team_id: Schema.String },
      payload: UserWire.TeamMembers,
      success: UserWire.TeamWire,
      error: changed
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.post("removeMembers", "/teams/:team_id/members/remove/", {
      params: { team_id: Schema.String },
      payload: UserWire.TeamMembers,
      success: UserWire.TeamWire,
      error: changed
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.delete("remove", "/teams/:team_id/remove/", {
      params: { team_id: Schema.String },
      success: HttpApiSchema.Empty(202),
      error: changed
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.get("roles", "/roles/", { success: Schema.Array(UserWire.RoleWire), error: AlbsError.forCallers })
      .annotate(AlbsRight, "user")
  )
  .prefix("/api/v1")
  .annotateMerge(OpenApi.annotations({ title: "Build system: teams" }))
{}

/** How people get a token. */
export class LoginApi extends HttpApiGroup.make("albsLogin")
  .add(
    /** A code of the forge becomes a token. */
    HttpApiEndpoint.post("github", "/users/login/github", {
      payload: UserWire.LoginCode,
      success: UserWire.LoggedIn,
      error: [...AlbsError.forCallers, AlbsError.AlbsNotOffered]
    }).annotate(AlbsRight, "public"),
    /** An e-mail address (or name) and an API token of this server as password become a token. The body is a form. */
    HttpApiEndpoint.post("login", "/auth/login", {
      payload: UserWire.LoginForm,
      success: UserWire.AccessToken,
      error: [...AlbsError.forCallers, AlbsError.AlbsBadRequest, AlbsError.AlbsNotOffered]
    }).annotate(AlbsRight, "public"),
    /** Tokens are not kept, so there is nothing to forget but the cookie. */
    HttpApiEndpoint.post("logout", "/auth/logout", {
      success: HttpApiSchema.NoContent,
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "user"),
    /** Where to send a browser. */
    HttpApiEndpoint.get("authorize", "/auth/github/authorize", {
      success: Schema.Struct({ authorization_url: Schema.String }),
      error: [...AlbsError.forEverybody, AlbsError.AlbsNotOffered]
    }).annotate(AlbsRight, "public"),
    /** Where the forge sends the browser back to. */
    HttpApiEndpoint.get("callback", "/auth/github/callback", {
      query: { code: text, state: text },
      success: UserWire.AccessToken,
      error: [...AlbsError.forCallers, AlbsError.AlbsBadRequest, AlbsError.AlbsNotOffered]
    }).annotate(AlbsRight, "public")
  )
  .prefix("/api/v1")
  .annotateMerge(OpenApi.annotations({ title: "Build system: login" }))
{}
