/** Who the server takes the client for. Plain types, held to the API's by a test. */

/** Who asks, and how the server knows; `none`: it asks nobody, and everybody is anonymous. */
export interface Caller {
  readonly name: string
  readonly groups: ReadonlyArray<string>
  readonly authentication: "none" | "token" | "oidc" | "jwks" | "kerberos"
}
