/** A test as test systems are told of it, whether they ask or not. */
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import type { Subject } from "@orch/core/testrun/TestRun"
import type * as Schema from "effect/Schema"
import * as SelfUrl from "../albs/SelfUrl.ts"
import type { Platform } from "../platforms/Platforms.ts"

/** What is told of a test. */
export interface TestOrder {
  readonly runner_type: string
  readonly dist_name: string
  readonly dist_version: string
  readonly dist_arch: string
  readonly package_name: string
  readonly package_version: string
  readonly callback_href: string
  readonly repositories: ReadonlyArray<{ readonly name: string; readonly baseurl: string }>
  readonly module_name?: string
  readonly module_stream?: string
  readonly module_version?: string
  /** What whoever asked for the build wants tested, and how. */
  readonly test_configuration?: Schema.Json
}

/** Packages are installed in a container unless a test system is told otherwise. */
const runner = "docker"

/** The test of this number. `origin` is how the test system reaches this server; `undefined` when the build has no such task. */
export const make = (
  build: PackageBuild,
  subject: Subject,
  number: number,
  platforms: ReadonlyMap<string, Platform>,
  origin: string
): TestOrder | undefined => {
  const plan = build.plan.tasks.find((_, position) => TaskName.number(build.plan, position) === subject.task)
  const platform = plan === undefined ? undefined : platforms.get(plan.platform)
  if (plan === undefined || platform === undefined) return undefined
  const { module: position, testConfiguration } = build.plan.refs[plan.index]!
  const module = position === undefined
    ? undefined
    : build.plan.modules.filter((one) => one.platform === plan.platform)[position]
  return {
    runner_type: runner,
    dist_name: platform.testDistName,
    dist_version: platform.distrVersion,
    dist_arch: subject.arch,
    package_name: subject.package,
    package_version: `${subject.version}-${subject.release}`,
    callback_href: `/api/v1/tests/${number}/result/`,
    repositories: build.repositories.flatMap((one) =>
      one.platform === plan.platform && one.arch === subject.arch && one.type === "rpm" && !one.debug
        ? [{ name: one.name, baseurl: SelfUrl.read(one.url, origin) }]
        : []
    ),
    ...(module === undefined
      ? {}
      : { module_name: module.name, module_stream: module.stream, module_version: module.version.toString() }),
    ...(testConfiguration === undefined ? {} : { test_configuration: testConfiguration })
  }
}
