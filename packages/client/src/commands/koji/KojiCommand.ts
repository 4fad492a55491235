/**
 * `orch koji doctor --profile P`: whether module builds can be made at a hub, and what to do when not.
 *
 * Exit code 0 when they can, 1 when something stands in the way.
 */
import * as KojiDoctor from "@orch/adapters-koji/KojiDoctor"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as HubSettings from "./HubSettings.ts"

const marks = { ok: "ok  ", warning: "warn", failure: "FAIL" } as const

/** The report for people: a line for each check, and below it what to do. */
export const text = ({ findings, healthy, profile }: KojiDoctor.Report): string =>
  [
    ...findings.flatMap(({ advice, check, message, state }) => [
      `${marks[state]}  ${check.padEnd(13)} ${message}`,
      ...(advice === undefined ? [] : [`      ${"".padEnd(13)} to do: ${advice}`])
    ]),
    healthy ? `Module builds can be made with the profile ${profile}.` : "Module builds cannot be made."
  ].join("\n")

const doctor = Command.make(
  "doctor",
  {
    profile: Flag.String("profile").pipe(
      Flag.withAlias("p"),
      Flag.withDescription("Section of the Koji configuration"),
      Flag.withDefault("koji")
    ),
    config: Flag.String("config").pipe(
      Flag.withAlias("c"),
      Flag.withDescription("File or directory to read instead of /etc/koji.conf, /etc/koji.conf.d and ~/.koji"),
      Flag.atLeast(0)
    ),
    negotiate: Flag.String("negotiate-program").pipe(
      Flag.withDescription("Program that prints a Kerberos token in base64 for its argument HTTP@HOST"),
      Flag.optional
    ),
    platformTags: Flag.String("platform-tag").pipe(
      Flag.withDescription(
        "Tag of a platform, as STREAM=TAG, that the hub must have; ORCH_KOJI_PLATFORM_TAGS unless given"
      ),
      Flag.atLeast(0)
    ),
    contentGenerator: Flag.String("content-generator").pipe(
      Flag.withDescription(
        "Content generator that modules are imported under; ORCH_KOJI_CONTENT_GENERATOR unless given"
      ),
      Flag.optional
    ),
    moduleTags: Flag.String("module-tag").pipe(
      Flag.withDescription("Tag for imported modules, {} for the platform's stream; ORCH_KOJI_MODULE_TAG unless given"),
      Flag.atLeast(0)
    ),
    json: Flag.Boolean("json").pipe(Flag.withDescription("Print JSON"), Flag.withDefault(false))
  },
  Effect.fn("KojiDoctorCommand")(function*(
    { config, contentGenerator, json, moduleTags, negotiate, platformTags, profile }
  ) {
    const { ORCH_KOJI_NEGOTIATE: program, ORCH_KOJI_PASSWORD: password, ORCH_KOJI_USER: user } = process.env
    const files = config.length === 0 ? HubSettings.words(process.env["ORCH_KOJI_CONFIG"]) : config
    const report = yield* KojiDoctor.examine(
      profile,
      {
        ...(files.length === 0 ? {} : { files }),
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { password: Redacted.make(password) }),
        negotiateProgram: Option.getOrElse(negotiate, () => program)
      },
      {
        names: HubSettings.names,
        settings: HubSettings.read(process.env, profile, {
          platformTags,
          contentGenerator: Option.getOrUndefined(contentGenerator),
          moduleTags
        })
      }
    )
    yield* Console.log(json ? JSON.stringify(report, null, 2) : text(report))
    if (!report.healthy) yield* Effect.sync(() => void (process.exitCode = 1))
  })
).pipe(
  Command.withDescription(
    "Check reachability, login, version and permissions of a hub, and the server's settings for it, and say what to mend"
  ),
  Command.withExamples([
    { command: "orch koji doctor --profile fedora", description: "The section [fedora] of the Koji configuration" },
    {
      command: "ORCH_KOJI_USER=orch ORCH_KOJI_PASSWORD=… orch koji doctor -p test --json",
      description: "A test hub that logs in by password"
    }
  ])
)

/** `orch koji doctor`: whether a hub can be used, with advice for what is missing. Exit code 1 where it cannot. */
export const command = Command.make("koji").pipe(
  Command.withDescription("Look after Koji hubs"),
  Command.withSubcommands([doctor])
)
