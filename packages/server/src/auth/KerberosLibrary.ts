/**
 * The `kerberos` package of npm, which talks to the system's GSSAPI. It is compiled where it is installed, so it is no part of the
 * server: an installation that wants it adds it.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { accessSync, constants } from "node:fs"
import { createRequire } from "node:module"

/** One exchange with one client. */
export interface Exchange {
  readonly step: (token: string) => Promise<unknown>
  readonly username: unknown
  readonly targetName: unknown
  readonly response: unknown
  readonly contextComplete: unknown
}

/** What is used of the package. */
export interface Library {
  readonly initializeServer: (service: string) => Promise<Exchange>
}

/** Kerberos cannot be used as it is set up; `advice` says what to do. */
export class KerberosUnusable extends Schema.TaggedError<KerberosUnusable>()("KerberosUnusable", {
  message: Schema.String,
  advice: Schema.String,
  cause: Schema.optional(Schema.Defect())
}) {}

const load = (name: string): Library => createRequire(import.meta.url)(name)

/**
 * The package, told which keytab holds the server's keys: the system's library knows no other way than the environment.
 *
 * @param name of the package, or the directory it is in.
 */
export const make = (name: string, keytab: string): Effect.Effect<Library, KerberosUnusable> =>
  Effect.gen(function*() {
    yield* Effect.try({
      try: () => accessSync(keytab, constants.R_OK),
      catch: (cause) =>
        new KerberosUnusable({
          message: `The keytab ${keytab} of ORCH_KERBEROS_KEYTAB cannot be read`,
          advice:
            "It has to hold the key of HTTP/HOST, where HOST is what clients call this server, and to be readable for it.",
          cause
        })
    })
    const library = yield* Effect.try({
      try: () => load(name),
      catch: (cause) =>
        new KerberosUnusable({
          message: `ORCH_AUTH=kerberos needs the package ${name}, which cannot be loaded`,
          advice:
            "Install it beside the server (npm install kerberos; it is compiled with the headers of libkrb5), or say in "
            + "ORCH_KERBEROS_LIBRARY in which directory it is.",
          cause
        })
    })
    process.env["KRB5_KTNAME"] = keytab
    return library
  })
