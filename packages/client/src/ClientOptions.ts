/** What a client has to know of its server. */

/** Where the server is, and as whom it is asked; with neither token nor password, as nobody. */
export interface Options {
  /** Where the server is, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string | undefined
  /** `name:password`, sent as HTTP Basic when there is no token. */
  readonly basic?: string | undefined
}
