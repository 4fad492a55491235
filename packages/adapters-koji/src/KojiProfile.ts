/**
 * Koji's client profiles: the sections of `/etc/koji.conf`, `/etc/koji.conf.d/*.conf` and `~/.koji/config`.
 *
 * Reading is pure; `KojiConnection` finds the files. Later texts win key by key, as in the stock client, which reads the
 * system's directory, then its file, then the user's. Keys that only matter to the command line are left alone; `user` and
 * `password`, which the stock client takes on its command line only, are read here too.
 */
import * as Result from "effect/Result"

/** How to log in. */
export type AuthType = "noauth" | "ssl" | "password" | "kerberos"

/** One section of the configuration, checked. */
export interface KojiProfile {
  readonly name: string
  /** Hub URL without trailing slash, such as `https://koji.example.org/kojihub`. */
  readonly server: string
  /** Where the hub's files are served, without trailing slash; absent when the profile does not say. */
  readonly topurl: string | undefined
  readonly weburl: string | undefined
  readonly authtype: AuthType | undefined
  /** PEM file with client certificate and key; `~` not yet expanded. */
  readonly cert: string | undefined
  /** PEM file with the authorities to trust. */
  readonly serverca: string | undefined
  readonly user: string | undefined
  readonly password: string | undefined
  readonly principal: string | undefined
  readonly keytab: string | undefined
  /** Deadline of one request in seconds, where the profile sets one. */
  readonly timeout: number | undefined
}

/**
 * Why there is no such profile: `Syntax` of a file, `UnknownProfile`, `NoServer`, or a `BadValue` of one of its keys.
 */
export interface KojiProfileError {
  readonly _tag: "KojiProfileError"
  readonly reason: "Syntax" | "UnknownProfile" | "NoServer" | "BadValue"
  readonly message: string
}

const fail = (reason: KojiProfileError["reason"], message: string) =>
  Result.fail<KojiProfileError>({ _tag: "KojiProfileError", reason, message })

/** Keys and values, by section. */
export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Reads INI text as Python's ConfigParser does: `key = value` or `key: value`, `;` and `#` comment lines, ` ;` comments
 * after a value, continuation by indentation, `%%` for a percent sign.
 *
 * Fails with `KojiProfileError` of reason `Syntax`, which names the file and the line.
 */
export const parseSections = (text: string, file = "koji.conf"): Result.Result<Sections, KojiProfileError> => {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  let key: string | undefined
  for (const [index, raw] of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/).entries()) {
    const line = raw.replace(/\s+;.*$/, "").trimEnd()
    if (line.trim() === "" || /^\s*[;#]/.test(line)) continue
    const header = /^\[([^\]]+)\]\s*$/.exec(line)
    if (header !== null) {
      const name = header[1] as string
      section = sections.get(name) ?? new Map()
      sections.set(name, section)
      key = undefined
      continue
    }
    if (section === undefined) return fail("Syntax", `${file}:${index + 1}: a line before the first [section]`)
    const pair = /^([^\s:=][^:=]*?)\s*[:=]\s*(.*)$/.exec(line)
    if (/^\s/.test(line) && key !== undefined) section.set(key, `${section.get(key)}\n${line.trim()}`)
    else if (pair === null) return fail("Syntax", `${file}:${index + 1}: neither "key = value" nor a [section]`)
    else {
      key = (pair[1] as string).toLowerCase()
      section.set(key, (pair[2] as string).replace(/%%/g, "%"))
    }
  }
  return Result.succeed(sections)
}

/** Lays sections over each other, the last one on top. */
export const merge = (layers: ReadonlyArray<Sections>): Sections => {
  const out = new Map<string, Map<string, string>>()
  for (const [name, values] of layers.flatMap((layer) => [...layer])) {
    out.set(name, new Map([...(out.get(name) ?? []), ...values]))
  }
  return out
}

const authTypes: Readonly<Record<string, AuthType>> = {
  noauth: "noauth",
  ssl: "ssl",
  password: "password",
  kerberos: "kerberos",
  gssapi: "kerberos"
}

const withoutSlash = (url: string | undefined): string | undefined => url?.replace(/\/+$/, "")

/** The profile of that name, checked. Fails with `KojiProfileError`. */
export const select = (sections: Sections, name: string): Result.Result<KojiProfile, KojiProfileError> => {
  const section = sections.get(name)
  if (section === undefined) {
    const known = [...sections.keys()].join(", ")
    return fail("UnknownProfile", `no profile "${name}"; there is ${known === "" ? "none" : known}`)
  }
  const text = (key: string): string | undefined => section.get(key) === "" ? undefined : section.get(key)
  const server = withoutSlash(text("server"))
  if (server === undefined) return fail("NoServer", `profile "${name}" names no server`)
  if (!/^https?:\/\/[^/\s]+/.test(server) || !URL.canParse(server)) {
    return fail("BadValue", `profile "${name}": server "${server}" is no http(s) URL`)
  }
  const authtype = text("authtype")?.toLowerCase()
  if (authtype !== undefined && authTypes[authtype] === undefined) {
    return fail("BadValue", `profile "${name}": authtype "${authtype}" is none of ${Object.keys(authTypes).join(", ")}`)
  }
  const timeout = text("timeout")
  if (timeout !== undefined && !(Number(timeout) > 0)) {
    return fail("BadValue", `profile "${name}": timeout "${timeout}" is not a number of seconds`)
  }
  return Result.succeed({
    name,
    server,
    topurl: withoutSlash(text("topurl")),
    weburl: withoutSlash(text("weburl")),
    authtype: authtype === undefined ? undefined : authTypes[authtype],
    cert: text("cert"),
    serverca: text("serverca"),
    user: text("user"),
    password: text("password"),
    principal: text("principal"),
    keytab: text("keytab"),
    timeout: timeout === undefined ? undefined : Number(timeout)
  })
}

/** How to log in when the profile does not say, decided as the stock client does: certificate, then password, then Kerberos. */
export const authTypeOf = (profile: KojiProfile, certificateExists: boolean): AuthType =>
  profile.authtype ??
    (certificateExists ? "ssl" : profile.user !== undefined && profile.password !== undefined ? "password" : "kerberos")
