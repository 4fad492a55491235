/** What the Promise client tells of signing. Plain types, so that nothing else has to be installed for them; a test holds them to the API's. */

/** A key that packages are signed with. */
export interface SignKey {
  readonly id: number
  readonly name: string
  readonly description: string
  /** The last 16 hexadecimal digits of the fingerprint. */
  readonly keyid: string
  readonly fingerprint: string
  readonly public_url: string
  /** UTC without a zone, like all times here. */
  readonly inserted: string
  readonly active: boolean
  readonly archived: string | null
  readonly platform_ids: ReadonlyArray<number> | null
  readonly product_id: number | null
}

/** A request to sign a package build. */
export interface SignTask {
  readonly id: number
  readonly build_id: number
  readonly sign_key: SignKey
  /** 1: waits for a signer, 2: is being signed, 3: signed, 4: failed. */
  readonly status: number
  readonly error_message: string | null
  readonly log_href: string | null
}

/** Functions about signing. */
export interface Signing {
  readonly keys: () => Promise<ReadonlyArray<SignKey>>
  /** Makes a key known, which a signer has; 409 where it is known already. */
  readonly addKey: (key: {
    readonly name: string
    readonly description: string
    /** 40 hexadecimal digits. */
    readonly fingerprint: string
    readonly public_url: string
  }) => Promise<SignKey>
  /** Asks for all packages of a build to be signed with the key of this number. */
  readonly request: (build: number, key: number) => Promise<SignTask>
  /** Newest first, at most 500; of one build where it is named. */
  readonly list: (build?: number) => Promise<ReadonlyArray<SignTask>>
}
