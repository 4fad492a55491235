/**
 * `orch pulp doctor --url U`: whether repositories can be published at a Pulp, and what to do when not.
 *
 * Exit code 0 when they can, 1 when something stands in the way.
 */
import * as PulpDoctor from "@orch/adapters-pulp/PulpDoctor"
import * as PulpTransport from "@orch/adapters-pulp/PulpTransport"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { readFile } from "node:fs/promises"
import { CommandFailed } from "../CommandFailed.ts"

const marks = { ok: "ok  ", warning: "warn", failure: "FAIL" } as const

/** The report for people: a line for each check, and below it what to do. */
export const text = ({ findings, healthy, url }: PulpDoctor.Report): string =>
  [
    ...findings.flatMap(({ advice, check, message, state }) => [
      `${marks[state]}  ${check.padEnd(13)} ${message}`,
      ...(advice === undefined ? [] : [`      ${"".padEnd(13)} to do: ${advice}`])
    ]),
    healthy ? `Repositories can be published at ${url}.` : "Repositories cannot be published."
  ].join("\n")

const pem = (path: Option.Option<string>) =>
  Option.isNone(path)
    ? Effect.succeed(undefined)
    : Effect.tryPromise({
      try: () => readFile(path.value, "utf8"),
      catch: (cause) => new CommandFailed({ message: `cannot read ${path.value}: ${String(cause)}`, exitCode: 2 })
    })

const doctor = Command.make(
  "doctor",
  {
    url: Flag.String("url").pipe(
      Flag.withAlias("u"),
      Flag.withDescription("Address of the Pulp, such as https://pulp.example.org; ORCH_PULP_URL unless given"),
      Flag.optional
    ),
    user: Flag.String("user").pipe(
      Flag.withDescription("User; ORCH_PULP_USER unless given, with the password in ORCH_PULP_PASSWORD"),
      Flag.optional
    ),
    domain: Flag.String("domain").pipe(Flag.withDescription("Domain, where the Pulp has them"), Flag.optional),
    cert: Flag.String("cert").pipe(
      Flag.withDescription("File of a client certificate and its key, in place of a password"),
      Flag.optional
    ),
    ca: Flag.String("ca").pipe(
      Flag.withDescription("File of the authority that signed the server's certificate"),
      Flag.optional
    ),
    signingServices: Flag.String("signing-service").pipe(
      Flag.withDescription("Name of a signing service that must be there"),
      Flag.atLeast(0)
    ),
    json: Flag.Boolean("json").pipe(Flag.withDescription("Print JSON"), Flag.withDefault(false))
  },
  Effect.fn("PulpDoctorCommand")(function*({ ca, cert, domain, json, signingServices, url, user }) {
    const { ORCH_PULP_PASSWORD: password = "", ORCH_PULP_URL, ORCH_PULP_USER } = process.env
    const address = Option.getOrUndefined(url) ?? ORCH_PULP_URL
    if (address === undefined || !URL.canParse(address)) {
      return yield* new CommandFailed({ message: "name the Pulp with --url or ORCH_PULP_URL", exitCode: 2 })
    }
    const certificate = yield* pem(cert)
    const authority = yield* pem(ca)
    const username = Option.getOrUndefined(user) ?? ORCH_PULP_USER ?? "admin"
    const report = yield* PulpDoctor.examine({
      url: address,
      credentials: certificate === undefined
        ? { _tag: "Password", username, password: Redacted.make(password) }
        : { _tag: "Certificate" },
      domain: Option.getOrUndefined(domain),
      signingServices
    }).pipe(Effect.provide(PulpTransport.layer({ cert: certificate, key: certificate, ca: authority })))
    yield* Console.log(json ? JSON.stringify(report, null, 2) : text(report))
    if (!report.healthy) yield* Effect.sync(() => void (process.exitCode = 1))
  })
).pipe(
  Command.withDescription(
    "Check reachability, version, workers, storage, login and permissions of a Pulp, and say what to mend"
  ),
  Command.withExamples([
    {
      command: "ORCH_PULP_USER=orch ORCH_PULP_PASSWORD=… orch pulp doctor --url https://pulp.example.org",
      description: "Whether orch can publish there"
    }
  ])
)

/** `orch pulp` and what is below it. */
export const command = Command.make("pulp").pipe(
  Command.withDescription("Look after Pulp servers"),
  Command.withSubcommands([doctor])
)
