/** `/package-builds/ID`: whether every package is built, tested and signed for every architecture; if not, why. */
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import type { PackageBuildDetail, PackageBuildExplanation } from "@orch/api/orch/PackageBuildsApi"
import type { PackageChecks } from "@orch/api/orch/PackageChecksApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as Possible from "../Possible.ts"
import * as ShellLines from "../ShellLines.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"
import * as PackageMatrix from "./PackageMatrix.ts"
import * as PackageStates from "./PackageStates.ts"

/** What the page is made of. */
export interface Content {
  readonly build: PackageBuildDetail
  readonly explanation: PackageBuildExplanation
  readonly checks: PackageChecks
  readonly actions: ReadonlyArray<PossibleAction>
  /** Whether this installation releases packages. */
  readonly mayRelease: boolean
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
  readonly origin: string
}

type Task = PackageBuildDetail["task_list"][number]

const logOf = ({ build, prefix }: Content, task: Task): string => `${prefix}/package-builds/${build.id}/${task.id}/log`

const done = new Set(["completed", "excluded"])

const answer = ({ build, checks }: Content): string => {
  const tasks = build.task_list
  const failed = tasks.filter(({ state }) => state === "failed")
  const built = tasks.filter(({ state }) => done.has(state)).length
  const untested = checks.tests.filter(({ state }) => state === "failed").length
  const signed = checks.signings[0]
  if (failed.length > 0) {
    const first = failed[0]!
    return `${first.package} failed on ${first.platform} ${first.arch}: ${first.state_reason}${
      failed.length > 1 ? `; ${failed.length - 1} more failed` : ""
    }.`.replace(/\.\.$/, ".")
  }
  if (built < tasks.length) {
    return `${built} of ${Blocks.count(tasks.length, "task is", "tasks are")} done. ${build.state_reason}`
  }
  const parts = [
    `All ${Blocks.count(tasks.length, "task is", "tasks are")} done`,
    checks.tests.length === 0
      ? undefined
      : untested > 0
      ? `${Blocks.count(untested, "test")} failed`
      : checks.tests.every(({ state }) => state === "completed")
      ? "all tests passed"
      : "tests go on",
    signed === undefined
      ? undefined
      : signed.state === "completed"
      ? "the packages are signed"
      : "they are being signed"
  ].filter((one) => one !== undefined)
  return `${parts.join(", ")}.`
}

/** One release for each platform that it was built for. */
const releases = ({ build, mayRelease }: Content): ReadonlyArray<Actions.Action> =>
  !mayRelease || build.state !== "finished" || PackageStates.ofBuild(build).hue !== "good" ? [] : build.platforms.map((
    platform
  ) => ({
    id: `release-${platform}`,
    label: build.platforms.length === 1 ? "Plan a release" : `Plan a release for ${platform}`,
    to: "/orch/v1/releases/",
    body: { platform, builds: [build.id] }
  }))

const offered = (content: Content): VNode | null => {
  const { actions, build, prefix, viewer } = content
  if (!viewer.mayAct) return null
  const at = `/orch/v1/package-builds/${build.id}`
  return Actions.row(
    [
      ...Possible.actions(actions, {
        cancel: { label: "Cancel build", to: `${at}/cancel`, asks: true },
        restart: { label: "Try again what failed", to: `${at}/restart`, body: {}, main: true }
      }),
      ...releases(content)
    ],
    viewer,
    prefix,
    `/package-builds/${build.id}`
  )
}

const waits = ({ explanation, now }: Content): VNode | null => {
  const queued = explanation.tasks.filter(({ queue }) => queue !== null).slice(0, 20)
  return explanation.waits_for.length === 0 ? null : Blocks.section("waits", "What it waits for", [
    h(
      "ul",
      { class: "panel rank" },
      ...explanation.waits_for.map((sentence, index) => h("li", { key: index }, sentence)),
      ...queued.map(({ name, package: package_, queue }) =>
        h(
          "li",
          { key: name },
          h("strong", null, h("bdi", null, `${package_}, ${name}`)),
          h(
            "span",
            { class: "soft" },
            queue!.sentence,
            queue!.expected_at === null ? "" : [" Expected about ", Times.time(queue!.expected_at, now), "."]
          )
        )
      )
    )
  ])
}

const cell = (content: Content, { task, tests }: PackageMatrix.Cell): Blocks.Content => {
  const shown = States.badge(PackageStates.ofTask(task.state))
  const hasLog = task.started_at !== null
  return [
    hasLog
      ? h("a", {
        href: logOf(content, task),
        "aria-label": `${PackageStates.ofTask(task.state).word}: log of ${task.package} on ${task.arch}`
      }, shown)
      : shown,
    ...tests.slice(0, 1).map((test) =>
      h(
        "span",
        { key: test.id, class: "sub" },
        States.badge(PackageStates.ofTest(test.state), "quiet"),
        tests.length > 1 ? ` and ${tests.length - 1} more` : ""
      )
    )
  ]
}

const matrix = (content: Content): VNode => {
  const { columns, rows } = PackageMatrix.of(content.build.task_list, content.checks.tests)
  return Blocks.section("matrix", "Packages by platform and architecture", [
    Blocks.table<PackageMatrix.Row>(
      "Packages by platform and architecture",
      [
        { head: "Package", kind: "row", cell: ({ name }) => h("bdi", null, name) },
        ...columns.map((column, index): Blocks.Column<PackageMatrix.Row> => ({
          head: column,
          kind: "state",
          label: column,
          cell: ({ cells }) => {
            const one = cells[index]
            return one === undefined ? "" : cell(content, one)
          }
        }))
      ],
      rows,
      { kind: "matrix", idOf: ({ position }) => `r${position + 1}` }
    )
  ], { hint: Blocks.count(rows.length, "package") })
}

const failures = (content: Content): VNode | null => {
  const wrong = content.build.task_list.filter(({ state }) => state === "failed").slice(0, 20)
  const tests = content.checks.tests.filter(({ state }) => state === "failed").slice(0, 20)
  return wrong.length + tests.length === 0 ? null : Blocks.section("why", "What is wrong", [
    ...wrong.map((task) =>
      Blocks.note(
        "bad",
        "fail",
        [h("bdi", null, task.package), `, ${task.platform} ${task.arch}`],
        task.state_reason,
        h("a", { class: "btn", href: logOf(content, task) }, "Open the log")
      )
    ),
    ...tests.map((test) => Blocks.note("bad", "fail", `Test of ${test.package}`, test.state_reason))
  ])
}

const signatures = ({ checks, now }: Content): VNode | null =>
  checks.signings.length === 0 ? null : Blocks.section("signatures", "Signatures", [
    Blocks.table<PackageChecks["signings"][number]>("Requests to sign", [
      { head: "State", kind: "state", cell: ({ state }) => States.badge(PackageStates.ofSigning(state)) },
      { head: "Key", kind: "row", cell: ({ key }) => h("span", { class: "mono" }, key) },
      { head: "Packages", kind: "num", label: "packages", cell: ({ packages }) => String(packages) },
      { head: "Asked by", label: "by", cell: ({ asked_by }) => h("bdi", null, asked_by) },
      { head: "Why", kind: "wide", cell: ({ state_reason }) => state_reason },
      {
        head: "Ended",
        label: "ended",
        cell: ({ finished_at }) => finished_at === null ? "" : Times.time(finished_at, now)
      }
    ], checks.signings)
  ])

const repositories = ({ build, origin }: Content): VNode | null =>
  build.repositories.length === 0 ?
    null :
    Blocks.section(
      "repositories",
      "Install from it",
      build.repositories.filter(({ arch, debug }) => !debug && arch !== "src").slice(0, 12).map((
        { arch, name, url }
      ) => Blocks.copyLine(ShellLines.dnf(name, url, origin, "list"), `the line for ${name} on ${arch}`))
    )

/** The page. */
export const page = (content: Content): Page => {
  const { build, now, prefix } = content
  const state = PackageStates.ofBuild(build)
  const names = PackageStates.nameOf(build)
  const finished = PackageStates.count(build, "completed", "excluded")
  return {
    title: `${names} ${state.word.toLowerCase()}: package build ${build.id}`,
    mark: state.mark,
    section: "/package-builds",
    json: `/orch/v1/package-builds/${build.id}`,
    command: `orch build show ${build.id}`,
    body: [
      Blocks.head({
        title: h("bdi", null, names),
        note: String(build.id),
        crumbs: [["Package builds", `${prefix}/package-builds`]],
        state,
        answer: answer(content),
        actions: offered(content),
        below: [
          PackageStates.bar(
            build,
            `${finished} of ${build.task_list.length} tasks are done, ${PackageStates.count(build, "failed")} failed`
          )
        ]
      }),
      ...[
        failures(content),
        waits(content),
        matrix(content),
        signatures(content),
        repositories(content),
        Blocks.section("made-from", "Made from", [
          Blocks.facts([
            ["Owner", h("bdi", null, build.owner)],
            ["Platforms", build.platforms.join(", ")],
            ["Submitted", Times.time(build.created_at, now)],
            ["Ended", build.finished_at === null ? "not yet" : Times.time(build.finished_at, now)],
            ["Priority", String(build.priority)]
          ])
        ])
      ].filter((one) => one !== null)
    ]
  }
}
