/**
 * References times platforms times architectures: the tasks of a build, and which of them wait for which.
 *
 * For each platform one task of a reference makes the source package (`src`), and those of all architectures build from that
 * one. References are built in the order given, since later ones may need earlier ones: a task waits for the one before it of the
 * same architecture. `independent` references wait for their own source package alone. Waiting is transitive, so a task names at
 * most two others, however long the chain.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { type BuildRef, packageName } from "./BuildRef.ts"
import * as MockOptions from "./MockOptions.ts"
import type { PlanPlatform, TaskPlan } from "./PackagePlan.ts"
import * as TaskName from "./TaskName.ts"

/** Architectures that builds are asked for, as the wire has them. */
export const arches = ["x86_64", "x86_64_v2", "i686", "aarch64", "ppc64le", "s390x", "riscv64"] as const
/** An architecture that builds are asked for. */
export type BuildArch = typeof arches[number]

/** More tasks than this in one build are refused: a module of 5,000 references for five architectures is within. */
export const maxTasks = 50_000

/** A platform as it was asked for. */
export interface PlatformRequest extends Omit<PlanPlatform, "arches"> {
  readonly arches: ReadonlyArray<string>
  /** Macros and modules that hold for every task of the platform, such as those of its module. */
  readonly mock?: MockOptions.MockOptions
  /** What holds for the packages of each module of the build, by its position. */
  readonly modules?: ReadonlyArray<MockOptions.MockOptions>
}

/** What was asked for, before it is tasks. */
export interface Request {
  readonly platforms: ReadonlyArray<PlatformRequest>
  readonly refs: ReadonlyArray<BuildRef>
  readonly mockOptions: MockOptions.MockOptions
  /** Whether no reference waits for another one. */
  readonly independent: boolean
  /** Expected seconds of a package's build for an architecture, from earlier ones; absent where none is known. */
  readonly seconds?: (packageName: string, arch: string) => number | undefined
}

/** What is wrong with a request as a whole; each problem says where. */
export class InvalidBuild extends Data.TaggedError("InvalidBuild")<{
  readonly problems: ReadonlyArray<BuildProblem>
}> {
  override get message(): string {
    return this.problems.map(({ message }) => message).join("; ")
  }
}

/** One thing that is wrong with a request, and the place in it. */
export interface BuildProblem {
  readonly reason:
    | "NoPlatform"
    | "NoReference"
    | "NoArch"
    | "UnknownArch"
    | "ArchNotOfPlatform"
    | "PlatformTwice"
    | "TooManyTasks"
  /** Keys and positions in the request, outermost first. */
  readonly where: ReadonlyArray<string | number>
  readonly message: string
}

/**
 * The tasks of a build, in the order in which they are numbered, and the platforms they are for, `src` first among
 * their arches.
 */
export interface Expansion {
  readonly platforms: ReadonlyArray<PlanPlatform>
  readonly tasks: ReadonlyArray<TaskPlan>
}

/** Seconds assumed for a build that nobody has seen. */
export const unknownSeconds = 300

/** The tasks of a request. Fails with `InvalidBuild`, which holds everything that is wrong with it. */
export const expand = (request: Request): Result.Result<Expansion, InvalidBuild> => {
  const problems = [...check(request)]
  if (problems.length > 0) return Result.fail(new InvalidBuild({ problems }))
  const platforms = request.platforms.map(({ mock: _mock, modules: _modules, ...platform }) => ({
    ...platform,
    arches: order(platform.arches)
  }))
  const tasks = platforms.flatMap((platform, position) =>
    platform.arches.flatMap((arch) =>
      request.refs.map((ref, index): Omit<TaskPlan, "path"> => ({
        name: TaskName.make(platform.name, arch, index),
        index,
        platform: platform.name,
        arch,
        after: prerequisites(platform.name, arch, index, request.independent),
        mock: mockOf(request, request.platforms[position]!, ref)
      }))
    )
  )
  return Result.succeed({ platforms, tasks: withPaths(tasks, request) })
}

/** Everything that is wrong with a request as a whole, in its order. */
export function* check({ platforms, refs }: Pick<Request, "platforms" | "refs">): Generator<BuildProblem> {
  if (platforms.length === 0) {
    yield { reason: "NoPlatform", where: ["platforms"], message: "at least one platform must be named" }
  }
  if (refs.length === 0) {
    yield { reason: "NoReference", where: ["tasks"], message: "at least one package must be named" }
  }
  const seen = new Set<string>()
  for (const [position, { arches: asked, archList, name }] of platforms.entries()) {
    const where = ["platforms", position, "arch_list"]
    if (seen.has(name)) {
      yield { reason: "PlatformTwice", where: ["platforms", position, "name"], message: `${name} is named twice` }
    }
    seen.add(name)
    if (asked.every((arch) => arch === TaskName.source)) {
      yield { reason: "NoArch", where, message: `no architecture is named for ${name}` }
    }
    for (const [at, arch] of asked.entries()) {
      if (arch === TaskName.source) continue
      if (!arches.some((known) => known === arch)) {
        yield { reason: "UnknownArch", where: [...where, at], message: `${arch} is no architecture that is built for` }
      } else if (!archList.includes(arch)) {
        yield {
          reason: "ArchNotOfPlatform",
          where: [...where, at],
          message: `${name} is not built for ${arch}, only for ${archList.join(", ")}`
        }
      }
    }
  }
  const count = refs.length * platforms.reduce((sum, platform) => sum + order(platform.arches).length, 0)
  if (count > maxTasks) {
    yield {
      reason: "TooManyTasks",
      where: ["tasks"],
      message: `${count} tasks are more than the ${maxTasks} one build may have`
    }
  }
}

/** `src` first, then `i686`, whose packages others may take along, then the rest as asked; each once. */
const order = (asked: ReadonlyArray<string>): ReadonlyArray<string> => {
  const wanted = new Set(asked.filter((arch) => arch !== TaskName.source))
  const first = wanted.delete("i686") ? ["i686"] : []
  return [TaskName.source, ...first, ...wanted]
}

const prerequisites = (platform: string, arch: string, index: number, independent: boolean): ReadonlyArray<string> => [
  ...(arch === TaskName.source ? [] : [TaskName.make(platform, TaskName.source, index)]),
  ...(independent || index === 0 ? [] : [TaskName.make(platform, arch, index - 1)])
]

const mockOf = ({ mockOptions }: Request, platform: PlatformRequest, ref: BuildRef): MockOptions.MockOptions => {
  const dist = MockOptions.distOf(ref.gitRef)
  return MockOptions.mergeAll([
    ...(dist === undefined ? [] : [{ ...MockOptions.none, definitions: { dist } }]),
    ...(platform.mock === undefined ? [] : [platform.mock]),
    ...(ref.module === undefined ? [] : platform.modules?.slice(ref.module, ref.module + 1) ?? []),
    mockOptions,
    MockOptions.read(ref.mockOptions).options
  ])
}

/** Adds the longest chain behind each task. Tasks come after all they wait for, so one pass from the end is enough. */
const withPaths = (
  tasks: ReadonlyArray<Omit<TaskPlan, "path">>,
  { refs, seconds }: Request
): ReadonlyArray<TaskPlan> => {
  const behind = new Map<string, number>()
  const paths = new Map<string, number>()
  for (const { after, arch, index, name } of tasks.toReversed()) {
    const path = (seconds?.(packageName(refs[index]!), arch) ?? unknownSeconds) + (behind.get(name) ?? 0)
    paths.set(name, path)
    for (const one of after) behind.set(one, Math.max(behind.get(one) ?? 0, path))
  }
  return tasks.map((task) => ({ ...task, path: paths.get(task.name)! }))
}
