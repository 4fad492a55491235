/** Who may do what: the part of the configuration that says how callers are known and what their groups allow. */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import * as Setting from "../Setting.ts"
import * as ApiToken from "./ApiToken.ts"

export const settings = {
  auth: Setting.of("ORCH_AUTH", Schema.Literals(["none", "token", "oidc", "jwks", "kerberos"]), {
    about:
      "How callers who change something are known: none (everybody is anonymous; on loopback addresses only), token "
      + "(own API tokens), oidc (token introspection), jwks (signed tokens), kerberos (HTTP Negotiate). Own API tokens are "
      + "taken with the last three, too.",
    fallback: "none"
  }),
  authTokens: Setting.read("ORCH_API_TOKENS", ApiToken.parseAll, {
    about:
      "Own API tokens as USER:GROUP|GROUP:SHA256, separated by commas; SHA256 is the token's hash in hexadecimal, as "
      + "printf %s TOKEN | sha256sum prints it.",
    fallback: ""
  }),
  oidcIntrospection: Setting.optionalText("ORCH_OIDC_INTROSPECTION_URL", {
    about: "Where oidc asks whether a token is active (RFC 7662)."
  }),
  oidcUserinfo: Setting.optionalText("ORCH_OIDC_USERINFO_URL", {
    about: "Where oidc asks for the groups of a user. Without it they are taken from the introspection's answer."
  }),
  oidcClientId: Setting.optionalText("ORCH_OIDC_CLIENT_ID", { about: "The client oidc introspects as." }),
  oidcClientSecret: Setting.secret("ORCH_OIDC_CLIENT_SECRET", { about: "That client's secret." }),
  oidcScopes: Setting.list("ORCH_OIDC_REQUIRED_SCOPES", {
    about: "Scopes a token must have.",
    fallback: "openid,https://id.fedoraproject.org/scope/groups"
  }),
  jwksUrl: Setting.optionalText("ORCH_JWKS_URL", { about: "The keys that jwks checks signatures with." }),
  jwtIssuer: Setting.optionalText("ORCH_JWT_ISSUER", { about: "The issuer a signed token must name." }),
  jwtAudience: Setting.optionalText("ORCH_JWT_AUDIENCE", { about: "The audience a signed token must name." }),
  kerberosKeytab: Setting.optionalText("ORCH_KERBEROS_KEYTAB", {
    about: "Keytab with the key of HTTP/HOST, where HOST is what clients call this server."
  }),
  kerberosRealms: Setting.list("ORCH_KERBEROS_REALMS", {
    about: "Realms whose users are known by their names here. Empty: the realm of the server's key alone.",
    fallback: ""
  }),
  kerberosLibrary: Setting.text("ORCH_KERBEROS_LIBRARY", {
    about:
      "The package of npm that talks to the system's Kerberos, by its name or the directory it is in. It is compiled where it "
      + "is installed, so it does not come with the server: npm install kerberos.",
    fallback: "kerberos"
  }),
  ldapUrl: Setting.optionalText("ORCH_LDAP_URL", {
    about: "Directory that tells the groups of those whom Kerberos or a trusted proxy names, such as "
      + "ldaps://ldap.example.org. Without it they are in the groups that the proxy names, or in none."
  }),
  ldapGroupsDn: Setting.optionalText("ORCH_LDAP_GROUPS_DN", {
    about: "Where the groups are, directly below: ou=groups,dc=example,dc=org. Their names are in cn."
  }),
  ldapMember: Setting.text("ORCH_LDAP_MEMBER", {
    about: "Attribute of a group that holds its members: memberUid, or member of a groupOfNames.",
    fallback: "memberUid"
  }),
  ldapMemberValue: Setting.text("ORCH_LDAP_MEMBER_VALUE", {
    about: "What that attribute holds of a user, with {} for the name, such as uid={},ou=people,dc=example,dc=org.",
    fallback: "{}"
  }),
  ldapBindDn: Setting.optionalText("ORCH_LDAP_BIND_DN", {
    about: "Whom the server is to the directory; nobody without it."
  }),
  ldapPassword: Setting.secret("ORCH_LDAP_PASSWORD", { about: "The password for that." }),
  allowedGroups: Setting.list("ORCH_ALLOWED_GROUPS", {
    about: "Groups that may submit and cancel. Empty: everybody who is known.",
    fallback: "packager"
  }),
  allowedUsers: Setting.list("ORCH_ALLOWED_USERS", {
    about: "Users that may submit and cancel whatever their groups.",
    fallback: ""
  }),
  adminGroups: Setting.list("ORCH_ADMIN_GROUPS", {
    about: "Groups that may also cancel the builds of others.",
    fallback: ""
  }),
  releaserGroups: Setting.list("ORCH_RELEASER_GROUPS", {
    about: "Groups whose members may release builds, take releases back and sync production repositories, besides "
      + "administrators.",
    fallback: "releaser"
  }),
  importGroups: Setting.list("ORCH_IMPORT_GROUPS", {
    about: "Groups that may import modules. Empty: nobody.",
    fallback: ""
  }),
  openReads: Setting.flag("ORCH_OPEN_READS", {
    about: "Whether everybody may read: builds, logs, events, metrics. Published repositories are open in any case.",
    fallback: "true"
  }),
  trustedProxies: Setting.list("ORCH_TRUSTED_PROXIES", {
    about: "Addresses of reverse proxies, separated by commas, whose word on who is asking is taken.",
    fallback: ""
  }),
  remoteUserHeader: Setting.optionalText("ORCH_REMOTE_USER_HEADER", {
    about: "Header in which a trusted proxy names the user it authenticated, such as Remote-User. From anybody else it "
      + "counts for nothing."
  }),
  remoteGroupsHeader: Setting.optionalText("ORCH_REMOTE_GROUPS_HEADER", {
    about: "Header in which a trusted proxy names that user's groups, separated by commas."
  })
}

/** What is read. */
export interface Values extends Setting.Values<typeof settings> {
  /** The address that the server listens on (`ORCH_HOST`): without authentication only a loopback address takes changes. */
  readonly host: string
}

/** The settings of authentication. */
export class AuthSettings extends Context.Service<AuthSettings, Values>()("@orch/server/auth/AuthSettings") {}

/** What is missing for the way of authentication that was chosen, one line each; none when the server can start. */
export const problems = (values: Values): ReadonlyArray<{ readonly variable: string; readonly message: string }> => [
  ...ofMethod(values),
  ...(values.ldapUrl !== undefined && values.ldapGroupsDn === undefined
    ? [{ variable: "ORCH_LDAP_GROUPS_DN", message: "must be set with ORCH_LDAP_URL: groups are looked for there" }]
    : []),
  ...(values.ldapUrl === undefined || /^ldaps?:\/\/[^/]/.test(values.ldapUrl)
    ? []
    : [{ variable: "ORCH_LDAP_URL", message: "is no address of a directory, such as ldaps://ldap.example.org" }])
]

const ofMethod = (values: Values): ReadonlyArray<{ readonly variable: string; readonly message: string }> => {
  const missing = (variable: string, why: string) => ({
    variable,
    message: `must be set with ORCH_AUTH=${values.auth}: ${why}`
  })
  switch (values.auth) {
    case "none":
      return []
    case "token":
      return values.authTokens.length > 0 || values.remoteUserHeader !== undefined
        ? []
        : [missing("ORCH_API_TOKENS", "without tokens nobody could do anything")]
    case "oidc":
      return [
        ...(values.oidcIntrospection === undefined
          ? [missing("ORCH_OIDC_INTROSPECTION_URL", "tokens are asked about there")]
          : []),
        ...(values.oidcClientId === undefined
          ? [missing("ORCH_OIDC_CLIENT_ID", "the provider answers only to clients it knows")]
          : [])
      ]
    case "kerberos":
      return values.kerberosKeytab === undefined
        ? [missing("ORCH_KERBEROS_KEYTAB", "tickets are read with the key in it")]
        : []
    case "jwks":
      return [
        ...(values.jwksUrl === undefined ? [missing("ORCH_JWKS_URL", "signatures are checked with these keys")] : []),
        ...(values.jwtAudience === undefined
          ? [missing("ORCH_JWT_AUDIENCE", "a token made for another service must not count here")]
          : [])
      ]
  }
}
