/** One name for each repository and ref, however it is written. */

/** An address without what may be left out: `https://git.example.org/rpms/zlib`. */
export const repository = (given: string): string =>
  given.replace(/^git\+/, "").replace(/[?#].*$/, "").replace(/\/+$/, "").replace(/\.git$/, "")

/** Namespace and name, the last two parts of an address: `rpms/zlib`. */
export const name = (address: string): string => repository(address).split("/").slice(-2).join("/")

/** The full name; a short one is a branch. */
export const ref = (given: string): string => given.startsWith("refs/") ? given : `refs/heads/${given}`
