/** What somebody looks for with one field: a number, a commit, a name, or a URL that was pasted, of this server or of others. */

/** What to look for. */
export interface Search {
  /** The text without blanks around it; of a URL the part that names something. */
  readonly text: string
  /** Where it is a number. */
  readonly number: number | undefined
  /** Where it may be the beginning of a commit: at least seven hexadecimal digits, in lower case. */
  readonly commit: string | undefined
  /** Where it is `name:stream`, with or without version and context. */
  readonly nsvc:
    | { readonly name: string; readonly stream: string; readonly version: string; readonly context: string }
    | undefined
  /** The only kind that is meant, where a URL says so. */
  readonly kind: Kind | undefined
}

/** Kinds of things that URLs name. */
export type Kind = "build" | "package-build" | "release" | "task"

/** More than that nobody looks for. */
export const maximumLength = 300

/** Paths by which this server and others name things. */
const paths: ReadonlyArray<readonly [RegExp, Kind]> = [
  [/\/(?:orch\/v1\/)?(?:module-builds|builds)\/(\d{1,15})(?:[/?#]|$)/, "build"],
  [/\/module-build-service\/\d\/module-builds\/(\d{1,15})/, "build"],
  [/\/(?:orch\/v1\/)?package-builds\/(\d{1,15})(?:[/?#]|$)/, "package-build"],
  [/\/build\/(\d{1,15})(?:[/?#]|$)/, "package-build"],
  [/\/(?:orch\/v1\/)?releases?\/(\d{1,15})(?:[/?#]|$)/, "release"],
  [/\/taskinfo\?(?:.*&)?taskID=(\d{1,15})/, "task"]
]

/** Reads what somebody looks for; `undefined` where there is nothing to look for. */
export const parse = (given: string): Search | undefined => {
  const whole = given.trim().slice(0, maximumLength)
  const isUrl = /^https?:\/\/|^git(?:\+https?|\+ssh)?:\/\/|^file:\/\//.test(whole)
  if (isUrl) {
    for (const [path, kind] of paths) {
      const number = path.exec(whole)?.[1]
      if (number !== undefined) return { ...words(number), kind }
    }
  }
  const text = isUrl ? lastPart(whole) : whole
  return text === "" ? undefined : words(text)
}

/** Of a URL of a repository its commit, or else its name. */
const lastPart = (url: string): string => {
  const commit = /#([0-9a-f]{7,64})$/i.exec(url)?.[1]
  if (commit !== undefined) return commit
  const path = url.replace(/[?#].*$/, "").replace(/\/+$/, "")
  return (path.split("/").at(-1) ?? "").replace(/\.git$/, "")
}

const words = (text: string): Search => {
  const [name = "", stream = "", version = "", context = ""] = text.split(":")
  return {
    text,
    number: /^\d{1,15}$/.test(text) ? Number(text) : undefined,
    commit: /^[0-9a-f]{7,64}$/i.test(text) ? text.toLowerCase() : undefined,
    nsvc: text.includes(":") && name !== "" && stream !== "" ? { name, stream, version, context } : undefined,
    kind: undefined
  }
}
