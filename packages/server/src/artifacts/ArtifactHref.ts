/**
 * How artifacts are called toward nodes and signers: as Pulp calls them, since nodes of today upload to Pulp's interface.
 *
 * The name of an artifact holds its checksum, so nothing has to be looked up.
 */

const prefix = "/pulp/api/v3"

/** `/pulp/api/v3/artifacts/SHA256/`. */
export const artifact = (sha256: string): string => `${prefix}/artifacts/${sha256}/`

/** The checksum in an artifact's name, whether it is a path or a whole URL; `undefined` for any other text. */
export const parse = (href: string): string | undefined =>
  /^(?:https?:\/\/[^/\s]+)?\/pulp\/api\/v3\/artifacts\/([0-9a-f]{64})\/?$/.exec(href)?.[1]

/** `/pulp/api/v3/uploads/ID/`. */
export const upload = (id: string): string => `${prefix}/uploads/${id}/`

/** `/pulp/api/v3/tasks/SHA256/`: what is asked about after an upload was committed; it is done by then. */
export const task = (sha256: string): string => `${prefix}/tasks/${sha256}/`

/** Where the file can be read under its own name, below this server's root. */
export const content = (sha256: string, name: string): string =>
  `/pulp/content/artifacts/${sha256}/${encodeURIComponent(name)}`
