/**
 * Names one file, or one whole tree, at one revision of a git repository.
 *
 * Three notations of the field are one value here: the seed's `git://host/foo.git/foo.yaml?#COMMIT`, MBS's and Koji's
 * `git+https://host/foo?PATH#REF`, and a plain `https://` or `file://` repository. Every such text is a stranger's input
 * that ends up in the arguments of `git`, so reading is strict: what could be read as an option, leave the repository,
 * carry a password, or name the same place in two ways is refused or brought to one form.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"

/** How git is to fetch. `git+https` and the like are read as the part after the plus. */
export type Scheme = "git" | "http" | "https" | "file"

/** A place in git, in one form: two texts that name the same place are read as equal values. */
export interface ScmUrl {
  readonly scheme: Scheme
  /** Lower case, without user and default port, as in `example.org:8443`; empty for `file`. */
  readonly authority: string
  /** The repository, percent-decoded, with a leading and no trailing slash: `/modules/foo.git`. */
  readonly repository: string
  /** The file or folder inside of the repository, where the URL names one. */
  readonly path: string | undefined
  /** A commit id, branch or tag; without one the repository's default branch is meant. */
  readonly ref: string | undefined
}

/** Why a text is refused as an SCM URL; `InvalidScmUrl` has a sentence for each. */
export type Reason =
  | "TooLong"
  | "NotAUrl"
  | "SchemeUnsupported"
  | "UserInfo"
  | "InvalidHost"
  | "InvalidPort"
  | "NoRepository"
  | "InvalidPath"
  | "PathTwice"
  | "InvalidRef"

/** A text that is no SCM URL, and why. The message shows at most the first 200 characters of it, quoted. */
export class InvalidScmUrl extends Data.TaggedError("InvalidScmUrl")<{
  readonly input: string
  readonly reason: Reason
}> {
  override get message(): string {
    // Messages are shown and logged; who put a password into the address did not mean it to be.
    const open = this.input.replace(/\/\/[^/]*@/, "//***@")
    const shown = open.length > 200 ? `${open.slice(0, 200)}…` : open
    return `${JSON.stringify(shown)} is not an SCM URL: ${explanations[this.reason]}`
  }
}

const explanations: Record<Reason, string> = {
  TooLong: "it is longer than 2048 characters",
  NotAUrl: "expected SCHEME://HOST/REPOSITORY[?PATH]#REF without blanks and control characters",
  SchemeUnsupported:
    "the scheme must be git, https, http, git+https, git+http or file; ssh needs keys and is not offered",
  UserInfo: "a user or password must not be part of it",
  InvalidHost: "the host is missing or malformed",
  InvalidPort: "the port must be a number from 1 to 65535",
  NoRepository: "it names no repository",
  InvalidPath: "a path segment is '..', starts with '-', or holds a backslash, an encoded slash or a broken escape",
  PathTwice: "the file is named both after the repository and after '?'",
  InvalidRef: "the part after '#' is not a commit, branch or tag name"
}

const schemes: ReadonlyMap<string, Scheme> = new Map([
  ["git", "git"],
  ["http", "http"],
  ["git+http", "http"],
  ["https", "https"],
  ["git+https", "https"],
  ["file", "file"],
  ["git+file", "file"]
])

const defaultPorts: Record<Scheme, string> = { git: "9418", http: "80", https: "443", file: "" }

const shape = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/
const host = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*|\[[0-9a-f:.]+\])$/
// Blanks and control characters have no place in a URL and are what terminals and logs are attacked with.
const unprintable = /[\s\p{Cc}\p{Cf}\p{Cs}]/u

/**
 * Whether git would take the text for a commit, branch or tag and never for an option: the rules of `git
 * check-ref-format`, without a leading `-`, at most 255 characters.
 */
export const isRef = (text: string): boolean =>
  text.length > 0 && text.length <= 255 && text !== "@"
  && !unprintable.test(text) && !/[~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$/.test(text)
  && text.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"))

/** Whether the text is a whole commit id: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits. */
export const isCommit = (ref: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref)

const segments = (encoded: string): ReadonlyArray<string> | undefined => {
  const parts: Array<string> = []
  for (const part of encoded.split("/")) {
    let decoded: string
    try {
      decoded = decodeURIComponent(part)
    } catch {
      return undefined
    }
    if (decoded === "" || decoded === ".") continue
    if (decoded === ".." || decoded.startsWith("-") || /[/\\]/.test(decoded) || unprintable.test(decoded)) {
      return undefined
    }
    parts.push(decoded)
  }
  return parts
}

const authorityOf = (scheme: Scheme, text: string): Result.Result<string, Reason> => {
  if (text.includes("@")) return Result.fail("UserInfo")
  const split = /^(.*?)(?::([^:\]]*))?$/.exec(text.toLowerCase())
  const name = (split?.[1] ?? "").replace(/\.$/, "")
  const port = split?.[2] ?? ""
  if (scheme === "file") {
    return (name === "" || name === "localhost") && port === "" ? Result.succeed("") : Result.fail("InvalidHost")
  }
  if (name.length > 253 || !host.test(name)) return Result.fail("InvalidHost")
  if (port === "") return Result.succeed(name)
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) return Result.fail("InvalidPort")
  const number = String(Number(port))
  return Result.succeed(number === defaultPorts[scheme] ? name : `${name}:${number}`)
}

/**
 * Where the repository ends and the file inside of it begins, both in one path: after the first segment that ends in
 * `.git`, or else before a last segment that ends in `.yaml` or `.yml`, which no repository is called.
 */
const splitRepository = (parts: ReadonlyArray<string>): number => {
  const git = parts.findIndex((part) => part.endsWith(".git"))
  if (git >= 0) return git + 1
  return /\.ya?ml$/.test(parts.at(-1) ?? "") ? parts.length - 1 : parts.length
}

/**
 * Reads any of the notations. An empty `?` or `#` counts as absent, except that a `#` must be followed by a ref.
 *
 * Returns the parts in one form: scheme and host in lower case, default ports and percent escapes gone, a commit id in
 * lower case. Fails with `InvalidScmUrl`, for every text that is longer than 2048 characters, too.
 *
 * ```ts run
 * import * as Result from "effect/Result"
 * import * as ScmUrl from "@orch/core/ScmUrl"
 *
 * const url = Result.getOrThrow(ScmUrl.parse("git://Git.Example.org:9418/modules/foo.git/foo.yaml?#main"))
 * ScmUrl.format(url) // => "git://git.example.org/modules/foo.git?foo.yaml#main"
 * ScmUrl.repositoryName(url) // => "foo"
 * Result.isFailure(ScmUrl.parse("https://user:secret@example.org/foo.git")) // => true
 * ```
 */
export const parse = (input: string): Result.Result<ScmUrl, InvalidScmUrl> => {
  const refuse = (reason: Reason) => Result.fail(new InvalidScmUrl({ input, reason }))
  if (input.length > 2048) return refuse("TooLong")
  const match = shape.exec(input)
  if (match === null || unprintable.test(input)) return refuse("NotAUrl")
  const [, schemeText = "", authorityText = "", pathText = "", query, ref] = match
  const scheme = schemes.get(schemeText.toLowerCase())
  if (scheme === undefined) return refuse("SchemeUnsupported")
  const authority = authorityOf(scheme, authorityText)
  if (Result.isFailure(authority)) return refuse(authority.failure)
  const parts = segments(pathText)
  const inner = segments(query ?? "")
  if (parts === undefined || inner === undefined) return refuse("InvalidPath")
  const end = splitRepository(parts)
  if (end === 0) return refuse("NoRepository")
  if (end < parts.length && inner.length > 0) return refuse("PathTwice")
  if (ref !== undefined && !isRef(ref)) return refuse("InvalidRef")
  const path = [...parts.slice(end), ...inner].join("/")
  return Result.succeed({
    scheme,
    authority: authority.success,
    repository: `/${parts.slice(0, end).join("/")}`,
    path: path === "" ? undefined : path,
    ref: ref === undefined ? undefined : isCommit(ref) ? ref.toLowerCase() : ref
  })
}

/** Reads like `parse`; throws `InvalidScmUrl` where `parse` fails. */
export const parseUnsafe = (input: string): ScmUrl => Result.getOrThrow(parse(input))

const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/")

/** The URL of the repository alone, in the form that `git` takes: `https://example.org/modules/foo.git`. */
export const repositoryUrl = (self: ScmUrl): string =>
  `${self.scheme}://${self.authority}${encodePath(self.repository)}`

/** One canonical text, which `parse` reads back equal: `git://host/modules/foo.git?foo.yaml#COMMIT`. */
export const format = (self: ScmUrl): string => {
  const tail = self.path === undefined ? "" : encodePath(self.path)
  const ref = self.ref === undefined ? "" : `#${self.ref}`
  return `${repositoryUrl(self)}${tail === "" && ref === "" ? "" : "?"}${tail}${ref}`
}

/**
 * The last segment of the repository without `.git`, which names its module or package: `foo`. Empty for a repository
 * that is called `.git` alone.
 */
export const repositoryName = (self: ScmUrl): string => {
  const parts = self.repository.split("/").filter((part) => part !== ".git" && part !== "")
  return (parts.at(-1) ?? "").replace(/\.git$/, "")
}

/**
 * The path of the modulemd file in the repository: the one that the URL names, or by the field's convention `NAME.yaml`
 * at the top.
 */
export const modulemdPath = (self: ScmUrl): string => self.path ?? `${repositoryName(self)}.yaml`

/**
 * The same repository and path at another revision. `ref` is taken as it is: `isRef` says whether git would take it.
 */
export const atRef = (self: ScmUrl, ref: string | undefined): ScmUrl => ({ ...self, ref })

/** Whether both name one repository, whatever the file and revision. */
export const sameRepository = (self: ScmUrl, that: ScmUrl): boolean =>
  self.scheme === that.scheme && self.authority === that.authority && self.repository === that.repository
