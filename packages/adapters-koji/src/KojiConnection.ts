/**
 * From a profile's name to what is needed to call its hub: the files are found, certificates read, the login chosen.
 *
 * Kerberos itself stays outside: a program that prints a token, such as a dozen lines around GSSAPI, is asked for one when
 * logging in. What is wrong is told with the file and what to do, before anything is sent.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { execFile } from "node:child_process"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import * as ClientCertificate from "./ClientCertificate.ts"
import type * as HubSession from "./HubSession.ts"
import { HubUnreachable } from "./KojiError.ts"
import type * as KojiHub from "./KojiHub.ts"
import * as KojiProfile from "./KojiProfile.ts"

/** Where settings of the connection come from. */
export interface Sources {
  /** Files and directories of `*.conf` files, the later ones on top; the stock client's places unless told. */
  readonly files?: ReadonlyArray<string> | undefined
  readonly home?: string | undefined
  /** On top of the profile, such as from the environment. */
  readonly user?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
  /** Prints a base64 token for the service name that is its argument, such as `HTTP@koji.example.org`. */
  readonly negotiateProgram?: string | undefined
  /** Instead of the program. */
  readonly negotiate?: ((host: string) => Effect.Effect<Redacted.Redacted<string>, HubUnreachable>) | undefined
}

/** What keeps a profile from being used. */
export interface ConnectionProblem {
  readonly _tag: "ConnectionProblem"
  /** `certificate` for what is wrong inside of the file with certificate and key. */
  readonly about: "profile" | "certificate"
  readonly message: string
  readonly advice: string
}

/** Everything that is needed to call a hub. */
export interface Connection {
  readonly profile: KojiProfile.KojiProfile
  readonly authtype: KojiProfile.AuthType
  readonly options: KojiHub.Options
  /** The certificate we log in with. */
  readonly certificate?: ClientCertificate.ClientCertificate
}

const problem = (message: string, advice: string, about: ConnectionProblem["about"] = "profile") =>
  Result.fail<ConnectionProblem>({ _tag: "ConnectionProblem", about, message, advice })

/** Where the stock client looks, in its order. */
export const standardFiles = (home: string = homedir()): ReadonlyArray<string> => [
  "/etc/koji.conf.d",
  "/etc/koji.conf",
  join(home, ".koji/config.d"),
  join(home, ".koji/config")
]

const expand = (path: string): ReadonlyArray<string> =>
  !existsSync(path)
    ? []
    : statSync(path).isDirectory()
    ? readdirSync(path).filter((name) => name.endsWith(".conf")).sort().map((name) => join(path, name))
    : [path]

const said = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause)

/**
 * Reads every profile in the files. Fails with `ConnectionProblem` where a file cannot be read or is no configuration.
 */
export const readSections = (
  sources: Sources = {}
): Result.Result<KojiProfile.Sections, ConnectionProblem> => {
  const wanted = sources.files ?? standardFiles(sources.home)
  const layers: Array<KojiProfile.Sections> = []
  const found: Array<readonly [path: string, text: string]> = []
  for (const place of wanted) {
    try {
      for (const path of expand(place)) found.push([path, readFileSync(path, "utf8")])
    } catch (cause) {
      return problem(`${place} cannot be read: ${said(cause)}`, "let the user of this process read it")
    }
  }
  for (const [path, text] of found) {
    const sections = KojiProfile.parseSections(text, path)
    if (Result.isFailure(sections)) return problem(sections.failure.message, `mend ${path}`)
    layers.push(sections.success)
  }
  return layers.length === 0
    ? problem(
      `no configuration in ${wanted.join(", ")}`,
      "write a profile: [name] and below it server = https://HOST/kojihub"
    )
    : Result.succeed(KojiProfile.merge(layers))
}

const pem = (what: string, path: string): Result.Result<string, ConnectionProblem> => {
  try {
    return Result.succeed(readFileSync(path, "utf8"))
  } catch {
    return problem(
      `the ${what} ${path} cannot be read`,
      `put it there, readable for this user, or set another path in the profile`
    )
  }
}

/** What a program that gets tickets has to know, and nothing else of this process's environment. */
const environmentOfPrograms = (): Record<string, string | undefined> => {
  const passed = /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|XDG_RUNTIME_DIR|KRB5\w*|SSL_CERT_\w+)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => passed.test(name)))
}

const runNegotiate = (program: string) => (host: string): Effect.Effect<Redacted.Redacted<string>, HubUnreachable> =>
  Effect.callback((resume) => {
    const env = environmentOfPrograms()
    const limits = { timeout: 30_000, maxBuffer: 1024 * 1024 }
    const child = execFile(program, [`HTTP@${host}`], { ...limits, env }, (error, stdout) => {
      const token = stdout.trim()
      resume(
        error === null && /^[A-Za-z0-9+/=]+$/.test(token)
          ? Effect.succeed(Redacted.make(token))
          : Effect.fail(
            new HubUnreachable({
              reason: "http",
              method: "sslLogin",
              status: 401,
              text: `${program} gave no Kerberos token: ${error === null ? "not base64" : error.message.split("\n")[0]}`
            })
          )
      )
    })
    return Effect.sync(() => void child.kill())
  })

const home = (path: string, sources: Sources): string => path.replace(/^~(?=\/)/, sources.home ?? homedir())

const loginOf = (
  profile: KojiProfile.KojiProfile,
  authtype: KojiProfile.AuthType,
  sources: Sources
): Result.Result<HubSession.Login, ConnectionProblem> => {
  switch (authtype) {
    case "noauth":
      return Result.succeed({ _tag: "Anonymous" })
    case "ssl":
      return Result.succeed({ _tag: "Certificate" })
    case "password": {
      const user = sources.user ?? profile.user
      const password = sources.password ??
        (profile.password === undefined ? undefined : Redacted.make(profile.password))
      return user === undefined || password === undefined
        ? problem(`profile "${profile.name}" logs in by password and has none`, "give user and password")
        : Result.succeed({ _tag: "Password", user, password })
    }
    case "kerberos": {
      const token = sources.negotiate ??
        (sources.negotiateProgram === undefined || sources.negotiateProgram === ""
          ? undefined
          : runNegotiate(sources.negotiateProgram))
      return token === undefined
        ? profile.authtype === undefined
          ? problem(
            `profile "${profile.name}" sets no authtype, and there is neither a certificate nor a password to log in with`,
            "set authtype = ssl and cert = FILE in the profile, or authtype = password with user and password; for Kerberos, name a program that prints a base64 token for HTTP@HOST"
          )
          : problem(
            `profile "${profile.name}" logs in by Kerberos, and there is no source of tokens`,
            "name a program that prints a base64 token for HTTP@HOST, or use authtype = ssl"
          )
        : Result.succeed({ _tag: "Negotiate", token })
    }
  }
}

/**
 * Reads what the profile says, ready for `KojiHub.make`. Fails with `ConnectionProblem`, which says what to do, where
 * the profile or its files cannot be used.
 */
export const fromProfile = (
  name: string,
  sources: Sources = {}
): Result.Result<Connection, ConnectionProblem> =>
  Result.gen(function*() {
    const sections = yield* readSections(sources)
    const selected = KojiProfile.select(sections, name)
    if (Result.isFailure(selected)) {
      return yield* problem(selected.failure.message, "name another profile or write this one")
    }
    const profile = selected.success
    const standard = (path: string | undefined, otherwise: string): string | undefined => {
      const found = home(path ?? otherwise, sources)
      return path !== undefined || existsSync(found) ? found : undefined
    }
    const file = standard(profile.cert, "~/.koji/client.crt")
    const authority = standard(profile.serverca, "~/.koji/serverca.crt")
    const withPassword = sources.user !== undefined && sources.password !== undefined
    const authtype = profile.authtype === undefined && withPassword
      ? "password"
      : KojiProfile.authTypeOf(profile, file !== undefined && existsSync(file))
    if (authtype === "ssl" && file === undefined) {
      return yield* problem(`profile "${name}" logs in by certificate and names none`, "set cert = FILE in the profile")
    }
    const cert = authtype === "ssl" && file !== undefined ? yield* pem("certificate", file) : undefined
    const certificate = cert === undefined || file === undefined
      ? undefined
      : yield* Result.mapError(
        ClientCertificate.read(cert, file),
        (found): ConnectionProblem => ({ _tag: "ConnectionProblem", about: "certificate", ...found })
      )
    const ca = authority === undefined || !profile.server.startsWith("https:")
      ? undefined
      : yield* pem("authority file", authority)
    if (ca !== undefined && authority !== undefined) {
      yield* Result.mapError(
        ClientCertificate.checkAuthorities(ca, authority),
        (found): ConnectionProblem => ({ _tag: "ConnectionProblem", about: "profile", ...found })
      )
    }
    return {
      profile,
      authtype,
      ...(certificate === undefined ? {} : { certificate }),
      options: {
        name,
        server: profile.server,
        login: yield* loginOf(profile, authtype, sources),
        tls: { ...(cert === undefined ? {} : { cert, key: cert }), ...(ca === undefined ? {} : { ca }) },
        // The stock client's twelve hours would hold a worker for half a day.
        timeoutMillis: Math.min(profile.timeout ?? 120, 600) * 1000
      }
    }
  })
