/** `orch log …`: logs by line, what went wrong first, and finding in them. */
import * as Forecast from "@orch/core/farm/Forecast"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Connection from "../Connection.ts"

const address = {
  ...Connection.flags,
  build: Argument.Int("build").pipe(Argument.withDescription("Number of the build")),
  part: Argument.String("part").pipe(Argument.withDescription("Name of a component, or number of a task")),
  packageBuild: Flag.Boolean("package-build").pipe(
    Flag.withDescription("The number is that of a package build, and the part a task's"),
    Flag.withDefault(false)
  ),
  attempt: Flag.String("attempt").pipe(
    Flag.withDescription("Which attempt, from 1; the last one without it"),
    Flag.withDefault("latest")
  ),
  arch: Flag.String("arch").pipe(Flag.withDescription("Of several logs, that of this architecture"), Flag.optional)
}

interface Address {
  readonly build: number
  readonly part: string
  readonly packageBuild: boolean
  readonly attempt: string
  readonly arch: Option.Option<string>
}

const params = ({ attempt, build, packageBuild, part }: Address) => ({
  life: packageBuild ? "package-build" as const : "module-build" as const,
  id: `${build}`,
  part,
  attempt
})

const which = ({ arch }: Address) => Option.isSome(arch) ? { arch: arch.value } : {}

/** Characters that would do something to the terminal are shown as escapes. */
const plain = (line: string): string =>
  // oxlint-disable-next-line no-control-regex
  line.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (one) =>
    `\\x${one.codePointAt(0)!.toString(16).padStart(2, "0")}`)

const show = Command.make(
  "show",
  address,
  ({ json, ...given }) =>
    Connection.run(given, (client) =>
      Effect.gen(function*() {
        const log = yield* client.logs.overview({ params: params(given), query: which(given) })
        const { first_error: first } = log
        yield* Console.log(
          json ? JSON.stringify(log, null, 2) : [
            `${log.lines} lines${log.open ? ", and more to come" : ""}; ${log.raw_url}`,
            ...(first === null
              ? []
              : [
                `line ${first.line}${first.phase === null ? "" : ` in ${first.phase}`}: ${plain(first.text)}`,
                `  ${first.hint}`
              ]),
            ...log.sections.map((one) =>
              `  ${one.failed ? "!" : " "} ${one.name}, lines ${one.from} to ${one.to}${
                one.seconds === null ? "" : `, ${Forecast.words(one.seconds)}`
              }`
            )
          ].join("\n")
        )
      }))
).pipe(Command.withDescription("Show a log's sections and what went wrong first"))

const lines = Command.make("lines", {
  ...address,
  from: Flag.Int("from").pipe(
    Flag.withDescription("Number of the first line; below 0 so many before the end"),
    Flag.withDefault(-200)
  ),
  count: Flag.Int("count").pipe(Flag.withDescription("How many at most"), Flag.withDefault(200))
}, ({ count, from, json, ...given }) =>
  Connection.run(given, (client) =>
    Effect.gen(function*() {
      const page = yield* client.logs.lines({
        params: params(given),
        query: { ...which(given), from: `${from}`, count: `${count}` }
      })
      const width = `${page.from + page.lines.length}`.length
      yield* Console.log(
        json
          ? JSON.stringify(page, null, 2)
          : page.lines.map((line, at) => `${`${page.from + at}`.padStart(width)}  ${plain(line)}`).join("\n")
      )
    }))).pipe(Command.withDescription("Print lines of a log with their numbers, the last ones without --from"))

const find = Command.make("find", {
  ...address,
  text: Argument.String("text").pipe(Argument.withDescription("What to look for")),
  regex: Flag.Boolean("regex").pipe(Flag.withDescription("It is a regular expression"), Flag.withDefault(false)),
  ignoreCase: Flag.Boolean("ignore-case").pipe(Flag.withAlias("i"), Flag.withDefault(false)),
  limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(200))
}, ({ ignoreCase, json, limit, regex, text, ...given }) =>
  Connection.run(given, (client) =>
    Effect.gen(function*() {
      const matches = []
      // The server looks through a part of a large log at a time.
      for (let from: number | null = 1; from !== null && matches.length < limit;) {
        const found: typeof client.logs.find extends (...all: never) => Effect.Effect<infer A, infer _E, infer _R> ? A
          : never = yield* client.logs.find({
            params: params(given),
            query: {
              ...which(given),
              text,
              regex: regex ? "true" : "false",
              ignore_case: ignoreCase ? "true" : "false",
              from: `${from}`,
              limit: `${Math.min(1000, limit - matches.length)}`
            }
          })
        matches.push(...found.matches)
        from = found.next
      }
      yield* Console.log(
        json ? JSON.stringify(matches, null, 2) : matches.map(({ line, text }) => `${line}: ${plain(text)}`).join("\n")
      )
    }))).pipe(
    Command.withDescription("Find a text in a log"),
    Command.withExamples([{
      command: "orch log find 42 glibc 'error|FAIL' --regex",
      description: "Lines that say what went wrong"
    }])
  )

/** `orch log …`. */
export const command = Command.make("log").pipe(
  Command.withDescription("Logs by line: what went wrong first, and finding in them"),
  Command.withSubcommands([show, lines, find])
)
