/** `orch test …`: tests of built packages. */
import type { TestLogWire } from "@orch/api/albs/TestWire"
import type { PackageChecks } from "@orch/api/orch/PackageChecksApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as AlbsConnection from "../AlbsConnection.ts"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"

type Test = PackageChecks["tests"][number]
type TestLog = typeof TestLogWire.Type

const build = Argument.Int("build").pipe(Argument.withDescription("Number of the package build"))
const task = Flag.Int("task").pipe(
  Flag.withDescription("Only of the build task of this number, as orch build show has it"),
  Flag.optional
)

const states: Readonly<Record<Test["state"], string>> = {
  created: "waits for a test system",
  started: "being tested",
  completed: "passed",
  failed: "failed",
  canceled: "canceled"
}

const table = (tests: ReadonlyArray<Test>): string =>
  tests.length === 0 ? "There are no tests." : Table.format(
    ["ID", "TASK", "REVISION", "STATE", "PACKAGE"],
    tests.map((test) => [`${test.id}`, `${test.task}`, `${test.revision}`, states[test.state], test.package])
  )

/** Build tasks of a build that have tests. */
const tasksOf = (client: AlbsConnection.Client, id: number, only: number | undefined) =>
  Effect.map(
    client.albsBuilds.get({ params: { build_id: `${id}` } }),
    ({ tasks }) => tasks.filter((one) => one.test_tasks.length > 0 && (only === undefined || one.id === only))
  )

const list = Command.make(
  "list",
  { ...Connection.flags, build, task },
  ({ build, json, task, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const { tests } = yield* client.packageChecks.packageBuild({ params: { id: `${build}` } })
        const only = Option.getOrUndefined(task)
        const wanted = only === undefined ? tests : tests.filter((test) => test.task === only)
        yield* print(json, wanted, () => table(wanted))
      }))
).pipe(
  Command.withDescription("List the newest tests of a package build"),
  Command.withExamples([{ command: "orch test list 7", description: "Which passed" }])
)

const logText = ({ log, log_name, success, tap_results }: TestLog): string =>
  [
    `== ${log_name}: ${success ? "passed" : "failed"}`,
    ...(tap_results.length === 0
      ? []
      : [`   ${tap_results.filter(({ status }) => status === 1).length} of ${tap_results.length} failed`]),
    log
  ].join("\n")

const logs = Command.make(
  "logs",
  { ...Connection.flags, build, task },
  ({ build, json, task, ...said }) =>
    AlbsConnection.run(said, (client) =>
      Effect.gen(function*() {
        const found: Array<TestLog> = []
        for (const { id } of yield* tasksOf(client, build, Option.getOrUndefined(task))) {
          found.push(...(yield* client.albsTests.logs({ params: { build_task_id: `${id}` } })))
        }
        if (found.length === 0 && !json) {
          return yield* new CommandFailed({ exitCode: 1, message: `package build ${build} has no logs of tests` })
        }
        yield* print(json, found, () => found.map(logText).join("\n"))
      }))
).pipe(
  Command.withDescription("Print the logs of the newest tests"),
  Command.withExamples([{ command: "orch test logs 7", description: "What they said" }])
)

const restart = Command.make(
  "restart",
  { ...Connection.flags, build, task },
  ({ build, json, task, ...said }) =>
    AlbsConnection.run(said, (client) =>
      Effect.flatMap(
        Option.isSome(task)
          ? client.albsTests.restartBuildTask({ params: { build_task_id: `${task.value}` } })
          : client.albsTests.restartBuild({ params: { build_id: `${build}` } }),
        (answer) => print(json, answer, () => `The tests of package build ${build} run again.`)
      ))
).pipe(
  Command.withDescription("Run tests that have ended again, as a new revision"),
  Command.withExamples([{ command: "orch test restart 7", description: "All tests of build 7" }])
)

const cancel = Command.make(
  "cancel",
  { ...Connection.flags, build },
  ({ build, json, ...said }) =>
    AlbsConnection.run(said, (client) =>
      Effect.flatMap(
        client.albsTests.cancelBuild({ params: { build_id: `${build}` } }),
        (answer) => print(json, answer, () => `The tests of package build ${build} are canceled.`)
      ))
).pipe(
  Command.withDescription("Cancel the tests of a package build"),
  Command.withExamples([{ command: "orch test cancel 7", description: "None of them is begun any more" }])
)

/** `orch test …`: list, logs, restart and cancel. */
export const command = Command.make("test").pipe(
  Command.withDescription("Tests of built packages"),
  Command.withSubcommands([list, logs, restart, cancel])
)
