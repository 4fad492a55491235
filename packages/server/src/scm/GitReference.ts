/** What a reference may stand for at a git server, and why it stands for nothing. */

/** The full names a reference may have, in the order in which they count: branches before tags, tags peeled. */
export const candidates = (ref: string): ReadonlyArray<string> =>
  ref === "HEAD"
    ? ["HEAD"]
    : ref.startsWith("refs/")
    ? [`${ref}^{}`, ref]
    : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`]

/** Said of a reference that the server does not name. */
export const whyNotFound = (ref: string | undefined): string => {
  if (ref === undefined) return "it has no default branch, perhaps no commit yet"
  const hint = /^[0-9a-f]{7,39}$/i.test(ref) ? "; a commit must be named by all of its digits" : ""
  return `there is no branch or tag ${JSON.stringify(ref)}${hint}`
}
