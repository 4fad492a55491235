/** What module builds wait for outside: tasks of the build system, and repositories it generates. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { RepositoryRequest } from "../../farm/Buildroot.ts"
import { moduleBuildLife } from "../../modulebuild/ModuleBuildLife.ts"
import { BuildSystem, type BuildSystemError, type Observation, type TaskId } from "../../ports/BuildSystem.ts"
import {
  FarmWork,
  type OutstandingModule,
  type OutstandingRepository,
  type OutstandingTask
} from "../../ports/FarmWork.ts"
import { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import type * as ModuleFarm from "../../ports/ModuleFarm.ts"
import * as Reconciler from "../Reconciler.ts"
import { repositoryOutcome } from "./ModuleBuildCommands.ts"

const { name: life } = moduleBuildLife

type TaskAsked = OutstandingTask & Reconciler.Outstanding<TaskId>
type RepositoryAsked = OutstandingRepository & Reconciler.Outstanding<RepositoryRequest>

const taskAsked = (one: OutstandingTask): TaskAsked => ({ ...one, ref: one.task })

const repositoryAsked = (one: OutstandingRepository): RepositoryAsked => ({ ...one, ref: one.request })

const tasks = Effect.gen(function*() {
  const farm = yield* BuildSystem
  const work = yield* FarmWork
  const store = yield* ModuleBuilds
  const watch: Reconciler.Watch<TaskId, TaskAsked, Observation, BuildSystemError> = {
    claim: (notSince, limit) => Effect.map(work.claimTasks(life, notSince, limit), (found) => found.map(taskAsked)),
    // Where what was built costs requests of its own, all of it is asked for when it is published.
    ask: (refs) => farm.observe(refs, { isBrief: true }),
    bulk: farm.capabilities.bulk,
    route: (task) => farm.part?.(task) ?? "",
    // One event for all tasks of a build. Whoever answers is not away any more.
    tell: Reconciler.applying(store, (answers: ReadonlyArray<Reconciler.Answer<TaskAsked, Observation>>, at) => [
      { _tag: "CommandDelayed" as const, at, command: "ObserveTasks" },
      {
        _tag: "TasksObserved" as const,
        at,
        observations: answers.map(({ about, seen }) => observed(about.part, seen))
      }
    ]),
    missed: Reconciler.missing(store, "ObserveTasks"),
    ...(farm.capabilities.hints
      ? {
        hints: {
          stream: farm.hints,
          name: (task) => task,
          find: (refs) =>
            Effect.map(
              work.findTasks(refs),
              (found) => found.filter((one) => one.life === life).map(taskAsked)
            )
        }
      }
      : {})
  }
  return watch
})

const repositories = Effect.gen(function*() {
  const farm = yield* BuildSystem
  const work = yield* FarmWork
  const store = yield* ModuleBuilds
  type State = Effect.Success<ReturnType<typeof farm.observeRepositories>>[number]
  const watch: Reconciler.Watch<RepositoryRequest, RepositoryAsked, State, BuildSystemError> = {
    claim: (notSince, limit) =>
      Effect.map(
        work.claimRepositories(life, notSince, limit),
        (found) => found.map(repositoryAsked)
      ),
    ask: farm.observeRepositories,
    bulk: farm.capabilities.bulk,
    route: ({ buildroot }) => farm.part?.(buildroot) ?? "",
    // A build waits for one repository at a time.
    tell: Reconciler.applying(store, (answers: ReadonlyArray<Reconciler.Answer<RepositoryAsked, State>>, at) => {
      const decided = answers.find(({ seen }) => seen._tag !== "Pending")
      const answered = { _tag: "CommandDelayed" as const, at, command: "ObserveRepositories" }
      return decided === undefined || decided.seen._tag === "Pending"
        ? [answered]
        : [answered, { ...repositoryOutcome(decided.about.request, decided.seen), at }]
    }),
    missed: Reconciler.missing(store, "ObserveRepositories"),
    ...(farm.repositoryHints === undefined ? {} : {
      hints: {
        stream: farm.repositoryHints,
        name: ({ buildroot, id }) => `${buildroot} ${id}`,
        find: (refs) =>
          Effect.map(
            work.findRepositories(refs),
            (found) => found.filter((one) => one.life === life).map(repositoryAsked)
          )
      }
    })
  }
  return watch
})

type ModuleAsked = OutstandingModule & Reconciler.Outstanding<string>

const moduleAsked = (one: OutstandingModule): ModuleAsked => ({ ...one, ref: one.module })

/** Module builds of a farm that owns them: each is asked about the less often the longer nothing has changed about it. */
const modules = Effect.fnUntraced(function*(farm: ModuleFarm.Interface) {
  const work = yield* FarmWork
  const store = yield* ModuleBuilds
  const watch: Reconciler.Watch<string, ModuleAsked, ModuleFarm.FarmModuleSeen, BuildSystemError> = {
    claim: (notSince, limit) => Effect.map(work.claimModules(life, notSince, limit), (found) => found.map(moduleAsked)),
    ask: farm.observe,
    bulk: farm.bulk,
    route: () => "",
    tell: Reconciler.applying(
      store,
      (answers: ReadonlyArray<Reconciler.Answer<ModuleAsked, ModuleFarm.FarmModuleSeen>>, at) => [
        { _tag: "CommandDelayed" as const, at, command: "ObserveTasks" },
        ...answers.map(({ seen: { id, parts, reason, state } }) => ({
          _tag: "HandoverObserved" as const,
          at,
          id,
          state,
          reason,
          parts
        }))
      ]
    ),
    missed: Reconciler.missing(store, "ObserveTasks"),
    hints: {
      stream: farm.hints,
      name: (module) => module,
      find: (refs) =>
        Effect.map(
          work.findModules(refs),
          (found) => found.filter((one) => one.life === life).map(moduleAsked)
        )
    }
  }
  return watch
})

const observed = (component: string, { artifacts, log, nvr, reason, state, task }: Observation) => ({
  component,
  task,
  state,
  artifacts,
  ...(nvr === undefined ? {} : { nvr }),
  ...(reason === undefined ? {} : { reason }),
  ...(log === undefined ? {} : { log })
})

/** Asks the build system about tasks and repositories of module builds for as long as the layer lives. */
export const layer = (
  options: Reconciler.Options
): Layer.Layer<never, never, BuildSystem | FarmWork | ModuleBuilds> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const farm = yield* BuildSystem
    if (farm.modules !== undefined) {
      yield* Reconciler.watch(yield* modules(farm.modules), { interval: farm.modules.interval })
      return
    }
    yield* Reconciler.watch(yield* tasks, options)
    yield* Reconciler.watch(yield* repositories, options)
  }))
