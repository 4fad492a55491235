/** Does what package builds ask for: repositories, offers to nodes, taking in what they bring. */
import * as CommandInterpreter from "@orch/core/engine/CommandInterpreter"
import * as CommandWorkers from "@orch/core/engine/CommandWorkers"
import type { Outcome } from "@orch/core/life/Life"
import { packageName } from "@orch/core/packagebuild/BuildRef"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import type { PackageBuildCommand } from "@orch/core/packagebuild/PackageBuildCommand"
import type { PackageBuildEvent } from "@orch/core/packagebuild/PackageBuildEvent"
import { type PackageBuildLife, packageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { RepositoryHost, RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { BuilderPool } from "../builders/BuilderPool.ts"
import { People } from "../people/People.ts"
import { Flavors } from "../platforms/Flavors.ts"
import { Platforms } from "../platforms/Platforms.ts"
import * as BuildRepositories from "./BuildRepositories.ts"
import { BuildTesting } from "./BuildTesting.ts"
import * as NodeTasks from "./NodeTasks.ts"
import type { ArtifactsUnusable } from "./ReportedArtifacts.ts"

type Event = Outcome<PackageBuildEvent>
type Of<Tag extends PackageBuildCommand["_tag"]> = Extract<PackageBuildCommand, { readonly _tag: Tag }>

/** Runs one queued command of a package build. */
export class PackageBuildCommands extends Context.Service<
  PackageBuildCommands,
  CommandInterpreter.Run<PackageBuildLife, RepositoryHostError>
>()("@orch/server/packagebuilds/PackageBuildCommands") {}

const life = packageBuildLife.name

const perform = Effect.gen(function*() {
  const host = yield* RepositoryHost
  const store = yield* ArtifactStore
  const pool = yield* BuilderPool
  const platforms = yield* Platforms
  const flavors = yield* Flavors
  const people = yield* People
  const builds = yield* PackageBuilds
  const testing = yield* BuildTesting

  const world = Effect.fnUntraced(function*(build: PackageBuild) {
    const named = yield* platforms.named(build.plan.platforms.map(({ name }) => name))
    const repositories = yield* Effect.forEach(
      named.values(),
      ({ id, name }) => Effect.map(platforms.repositoriesOf(id), (all) => [name, all] as const)
    )
    // A flavor's repositories are there for every platform of the build.
    const asked = yield* flavors.numbered(build.plan.flavors)
    const variants = asked.flatMap((flavor) => flavor.repositories)
    const linked = yield* Effect.forEach(build.plan.linkedBuilds, (id) =>
      builds.get(id).pipe(
        Effect.map(({ state }) => [state]),
        Effect.catchTag("ProcessNotFound", () => Effect.succeed([]))
      ))
    const owner = yield* people.find({ name: build.plan.owner })
    return {
      platforms: named,
      repositories: new Map(repositories.map(([name, all]) => [name, [...all, ...variants]])),
      flavors: asked,
      linked: linked.flat(),
      email: build.plan.email ?? owner?.email ?? "",
      seconds: yield* pool.durations([...new Set(build.plan.refs.map(packageName))])
    } satisfies NodeTasks.World
  })

  const offer = Effect.fnUntraced(function*(build: PackageBuild, { tasks }: Of<"OfferTasks">) {
    const wanted = new Set(
      tasks.flatMap(({ attempt, task }) => {
        const now = build.tasks.get(task)
        return now?.state === "queued" && now.attempt === attempt ? [task] : []
      })
    )
    if (wanted.size === 0) return []
    const all = NodeTasks.offers(build, wanted, yield* world(build))
    yield* pool.offer(all)
    const offered = new Set(all.map(({ part }) => part))
    return [...wanted].filter((task) => !offered.has(task)).map((task): Event => ({
      _tag: "TaskAbandoned",
      task,
      attempt: build.tasks.get(task)!.attempt,
      reason: "Its platform is no longer there"
    }))
  })

  const take = Effect.fnUntraced(function*(build: PackageBuild, { attempt, task: name }: Of<"TakeArtifacts">) {
    const task = build.tasks.get(name)
    if (task === undefined || task.attempt !== attempt || build.state === "removed") return []
    const refused = ({ message }: ArtifactsUnusable | RepositoryHostError): ReadonlyArray<Event> => [
      { _tag: "ArtifactsRefused", task: name, attempt, reason: message }
    ]
    return yield* BuildRepositories.take(host, store, build, task).pipe(
      Effect.map((taken): ReadonlyArray<Event> => [{ _tag: "ArtifactsTaken", task: name, attempt, ...taken }]),
      Effect.catchTag("ArtifactsUnusable", (error) => Effect.succeed(refused(error))),
      // What a host will never take is the fault of what was brought.
      Effect.catchIf(
        (error) => error._tag === "RepositoryHostError" && !error.isRetryable,
        (error) => Effect.succeed(refused(error as RepositoryHostError))
      )
    )
  })

  const storeSources = Effect.fnUntraced(function*(build: PackageBuild, command: Of<"StoreSources">) {
    const tasks = command.tasks.flatMap(({ attempt, task: name }) => {
      const task = build.tasks.get(name)
      return task?.attempt === attempt && task.stored === false ? [task] : []
    })
    if (tasks.length === 0 || build.state === "removed") return []
    const stored = (why: (task: string) => string | undefined): ReadonlyArray<Event> =>
      tasks.map(({ attempt, name: task }) => {
        const error = why(task)
        return { _tag: "SourcesStored", task, attempt, ...(error === undefined ? {} : { error }) }
      })
    return yield* BuildRepositories.storeSources(host, store, build, tasks).pipe(
      Effect.map((unusable) => stored((task) => unusable.get(task))),
      Effect.catchIf((error) => !error.isRetryable, ({ message }) => Effect.succeed(stored(() => message)))
    )
  })

  const settle = Effect.fnUntraced(function*(build: PackageBuild, { index, platform }: Of<"SettleGroup">) {
    const multilib: ReadonlyArray<string> = []
    yield* BuildRepositories.settle(host, store, build, { index, platform }, multilib).pipe(
      Effect.catchTag(
        "ArtifactsUnusable",
        ({ message }) => Effect.fail(new RepositoryHostError({ reason: "rejected", operation: "settle", message }))
      )
    )
    const event: Event = { _tag: "GroupSettled", index, platform, multilib }
    return [event]
  })

  return (
    build: PackageBuild,
    command: PackageBuildCommand
  ): Effect.Effect<ReadonlyArray<Event>, RepositoryHostError | StoreUnavailable> => {
    switch (command._tag) {
      case "PrepareRepositories":
        return build.state !== "preparing"
          ? Effect.succeed([])
          : Effect.map(
            BuildRepositories.prepare(host, build),
            (repositories) => [{ _tag: "RepositoriesPrepared", repositories }]
          )
      case "OfferTasks":
        return offer(build, command)
      case "WithdrawTasks":
        return Effect.as(pool.withdraw(life, build.id, command.tasks), [])
      case "PrioritizeTasks":
        return Effect.as(pool.prioritize(life, build.id, build.priority ?? 0), [])
      case "TakeArtifacts":
        return take(build, command)
      case "StoreSources":
        return storeSources(build, command)
      case "SettleGroup":
        return settle(build, command)
      case "MakeTests":
        return build.testing !== "wanted"
          ? Effect.succeed([])
          : Effect.map(testing.make(build), (tests) => [{ _tag: "TestsMade", tests }])
      case "RemoveRepositories":
        return Effect.as(Effect.andThen(BuildRepositories.remove(host, build), pool.forget(life, build.id)), [])
    }
  }
})

/** The interpreter of package builds' commands. */
export const layer: Layer.Layer<
  PackageBuildCommands,
  never,
  ArtifactStore | BuilderPool | BuildTesting | Flavors | PackageBuilds | People | Platforms | RepositoryHost
> = Layer.effect(
  PackageBuildCommands,
  Effect.gen(function*() {
    return CommandInterpreter.interpreter(yield* PackageBuilds, yield* perform)
  })
)

/** Takes package builds' commands from their queue for as long as the server lives. */
export const workers = (options: CommandWorkers.Options) =>
  Layer.effectDiscard(
    Effect.flatMap(PackageBuildCommands, (run) => CommandWorkers.work(packageBuildLife, run, options))
  )
