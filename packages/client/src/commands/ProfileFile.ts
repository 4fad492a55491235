/**
 * The file in which `orch` remembers servers and logins, `orch/config.yaml` below `$XDG_CONFIG_HOME` or `~/.config`:
 *
 * ```yaml
 * default: fedora
 * profiles:
 *   fedora:
 *     url: https://orch.example.org
 *     token: …
 * ```
 *
 * It is edited in place, so that comments of people stay, and only its owner can read it.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Yaml from "yaml"

const Profile = Schema.Struct({
  url: Schema.String,
  /** Sent as a bearer token. */
  token: Schema.optionalKey(Schema.String),
  /** `name:password`, for servers that take no token. */
  user: Schema.optionalKey(Schema.String)
})

/** One server, and as whom it is asked. */
export interface Profile extends Schema.Schema.Type<typeof Profile> {}

const Profiles = Schema.Struct({
  default: Schema.optionalKey(Schema.String),
  profiles: Schema.optionalKey(Schema.Record(Schema.String, Profile))
})

/** All that is remembered. */
export interface Profiles {
  /** The profile that is used where none is named. */
  readonly default: string | undefined
  readonly profiles: Readonly<Record<string, Profile>>
}

/** Names of profiles: what can be typed without quotes. */
export const isName = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)

/** Bytes; a file that is larger is none of ours. */
const mostBytes = 1024 * 1024

/** Where the file is, for a user with this environment; `undefined` where there is no home directory. */
export const path = (environment: Readonly<Record<string, string | undefined>>): string | undefined => {
  const { HOME: home = "", XDG_CONFIG_HOME: config = "" } = environment
  if (config !== "") return Path.join(config, "orch", "config.yaml")
  return home === "" ? undefined : Path.join(home, ".config", "orch", "config.yaml")
}

const decode = Schema.decodeUnknownResult(Profiles)

/** Reads the text of the file; fails with what is wrong with it, in words. */
export const parse = (text: string): Result.Result<Profiles, string> => {
  const document = Yaml.parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) return Result.fail(error.message.split("\n")[0] ?? "it is no YAML")
  const plain = Result.try({
    // Aliases could make much of little; nobody needs them here.
    try: (): unknown => document.toJS({ maxAliasCount: 0 }) ?? {},
    catch: (cause) => cause instanceof Error ? cause.message : String(cause)
  })
  return Result.flatMap(plain, (value) =>
    Result.mapBoth(decode(value), {
      onFailure: ({ message }) => message,
      onSuccess: (read) => ({ default: read.default, profiles: read.profiles ?? {} })
    }))
}

const nothing: Profiles = { default: undefined, profiles: {} }

const text = (file: string): string | undefined => {
  try {
    if (Fs.statSync(file).size > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`)
    return Fs.readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

/** What the file holds; a file that is not there holds nothing. Fails with what is wrong with it, in words. */
export const read = (file: string | undefined): Result.Result<Profiles, string> => {
  try {
    const found = file === undefined ? undefined : text(file)
    return found === undefined ? Result.succeed(nothing) : parse(found)
  } catch (error) {
    return Result.fail(error instanceof Error ? error.message : String(error))
  }
}

/** Whether others than its owner may read the file. */
export const isExposed = (file: string): boolean => {
  try {
    return (Fs.statSync(file).mode & 0o077) !== 0
  } catch {
    return false
  }
}

/** Whole or not at all, and never readable by others, not even for a moment. */
const replace = (file: string, content: string): void => {
  Fs.mkdirSync(Path.dirname(file), { recursive: true, mode: 0o700 })
  const part = `${file}.${process.pid}`
  Fs.writeFileSync(part, content, { mode: 0o600 })
  Fs.renameSync(part, file)
}

/**
 * Changes the file and leaves the rest of it as it is. `undefined` takes a profile or the default away. Throws where the file
 * cannot be written; read it first to know that it can be understood.
 */
export const change = (
  file: string,
  { default: name, profiles }: {
    readonly default?: string | undefined
    readonly profiles?: Readonly<Record<string, Profile | undefined>>
  }
): void => {
  const document: Yaml.Document = Yaml.parseDocument(text(file) ?? "")
  if (document.contents === null) document.contents = document.createNode({})
  if (name !== undefined) document.set("default", name)
  for (const [key, profile] of Object.entries(profiles ?? {})) {
    if (profile !== undefined) document.setIn(["profiles", key], document.createNode(profile))
    else {
      document.deleteIn(["profiles", key])
      if (document.get("default") === key) document.delete("default")
    }
  }
  replace(file, document.toString())
}
