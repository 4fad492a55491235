/** How strictly a text is read: the same document is right in one place and wrong in another (decision 0204). */

/**
 * What the text is read as.
 * - `repository`: an index of a repository; streams need name and stream.
 * - `source`: a package source; name and stream may come from the repository and branch.
 * - `auto`: per document the one of both its keys speak for.
 * - `compat`: whatever libmodulemd accepts, with named repairs, each noted.
 */
export type ReadingProfile = "auto" | "repository" | "source" | "compat"
