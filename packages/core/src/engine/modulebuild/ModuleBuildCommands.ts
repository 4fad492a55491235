/**
 * Does what the commands of module builds ask, and says what came of it as events.
 *
 * Each looks at the build as it is now and does nothing that is no longer wanted; the ports adopt what an earlier run left.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Delays from "../../farm/Delays.ts"
import { isLimited } from "../../farm/FairShare.ts"
import type { Outcome as Untimed } from "../../life/Life.ts"
import { type ModuleBuild, read, results } from "../../modulebuild/ModuleBuild.ts"
import type { ModuleBuildCommand } from "../../modulebuild/ModuleBuildCommand.ts"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import { type ModuleBuildLife, moduleBuildLife } from "../../modulebuild/ModuleBuildLife.ts"
import { type ModulePlan, nsvc } from "../../modulebuild/ModulePlan.ts"
import * as ReusePlanning from "../../modulebuild/ReusePlanning.ts"
import * as NameList from "../../NameList.ts"
import { BuildSystem, type BuildSystemError } from "../../ports/BuildSystem.ts"
import type { CommandQueues, Delivery } from "../../ports/CommandQueue.ts"
import { Gate, type GateError } from "../../ports/Gate.ts"
import { BuildTraces } from "../../ports/modulebuild/BuildTraces.ts"
import { ModuleBuildIndex, type ReadyBuild } from "../../ports/modulebuild/ModuleBuildIndex.ts"
import { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import type { RepositoryHostError } from "../../ports/RepositoryHost.ts"
import { SourceControl, type SourceControlError } from "../../ports/SourceControl.ts"
import type { StoreUnavailable } from "../../ports/StoreUnavailable.ts"
import { interpreter, type Run } from "../CommandInterpreter.ts"
import * as CommandWorkers from "../CommandWorkers.ts"
import { RebuildLimit, SlotNews, SubmissionLimits } from "../SubmissionLimits.ts"
import * as BuildrootPlanning from "./BuildrootPlanning.ts"
import * as FilteredPackages from "./FilteredPackages.ts"
import * as HandingOver from "./HandingOver.ts"
import { Publisher } from "./Publisher.ts"
import { ResolutionRules } from "./ResolutionRules.ts"
import * as Submitting from "./Submitting.ts"

/** What the ports that commands talk to fail with. */
export type PortError = BuildSystemError | RepositoryHostError | GateError | SourceControlError
/** Why a command could not be run now: a port or the store refuses or is away. */
export type Failure = PortError | StoreUnavailable
/** What came of a command: an event that has yet to get its time. */
export type Outcome = Untimed<ModuleBuildEvent>

/** Ready builds of the same module that are looked at for components to take over; the newest ones. */
const candidatesForReuse = 50

/** What runs the commands of module builds. */
export interface Interface {
  /** Runs one queued command; fails with what a port failed with where trying again can help. */
  readonly run: Run<ModuleBuildLife, PortError>
}

/** The commands of module builds. */
export class ModuleBuildCommands extends Context.Service<ModuleBuildCommands, Interface>()(
  "@orch/core/engine/modulebuild/ModuleBuildCommands"
) {
  static readonly layer: Layer.Layer<
    ModuleBuildCommands,
    never,
    BuildSystem | SourceControl | ModuleBuilds | ModuleBuildIndex | Publisher
  > = Layer.effect(
    ModuleBuildCommands,
    Effect.gen(function*() {
      const farm = yield* BuildSystem
      const sources = yield* SourceControl
      const publisher = yield* Publisher
      const store = yield* ModuleBuilds
      const index = yield* ModuleBuildIndex
      const gate = yield* Gate
      const limits = yield* SubmissionLimits
      const areRebuildsLimited = (yield* RebuildLimit) !== undefined
      const slots = yield* SlotNews
      const settings = yield* ResolutionRules
      const traces = yield* BuildTraces
      const owned = HandingOver.make(farm.modules, settings)

      /** The module's builds in the tags of the base modules it is built on: where those name tags, nothing else is taken from. */
      const taggedIn = Effect.fnUntraced(function*(plan: ModulePlan, bases: ReadonlyArray<ReadyBuild>) {
        const found = new Map<string, ReadonlySet<string>>()
        const { taggedModules } = farm
        if (taggedModules === undefined) return found
        for (const { plan: base } of bases) {
          const tag = base.imported?.kojiTagWithModules
          if (tag === undefined || found.has(tag) || plan.buildrequires[base.name]?.stream !== base.stream) continue
          found.set(tag, new Set(yield* taggedModules(base.stream, tag, [plan.name])))
        }
        return found
      })

      /** What can be taken from an earlier build; nothing for builds that were not submitted with a strategy. */
      const findReuse = Effect.fnUntraced(function*(build: ModuleBuild, commits: Readonly<Record<string, string>>) {
        const { plan } = build
        if (ReusePlanning.strategyOf(plan) === undefined) return {}
        const { baseModuleNames } = settings
        const known = yield* index.ready([plan.name, ...baseModuleNames], candidatesForReuse)
        const bases = known.filter((one) => baseModuleNames.includes(one.plan.name))
        const id = ReusePlanning.source(plan, {
          ready: known.filter((one) => one.plan.name === plan.name),
          bases,
          settings,
          tagged: yield* taggedIn(plan, bases)
        })
        const previous = id === undefined
          ? undefined
          : yield* store.get(id).pipe(
            Effect.map(({ state }) => state),
            Effect.catchTag("ProcessNotFound", () => Effect.succeed(undefined))
          )
        const decided = ReusePlanning.decide(build, commits, previous)
        const revoked = yield* traces.revoked(Object.values(decided.reused).map(({ task }) => task))
        const { reasons, reused } = ReusePlanning.without(decided, revoked)
        if (ReusePlanning.strategyOf(plan) !== "content") return { reused, reuse: reasons }
        const open = plan.components.flatMap(({ name }) => Object.hasOwn(reused, name) ? [] : [name])
        const earlier = yield* traces.find(build, commits, open)
        const said = Object.entries(earlier).map(([name, { from }]) =>
          [name, `Module build ${from} has it from the same inputs`] as const
        )
        return { reused: { ...reused, ...earlier }, reuse: { ...reasons, ...Object.fromEntries(said) } }
      })

      const resolveSources = Effect.fnUntraced(function*(build: ModuleBuild) {
        const open = build.plan.components.filter((plan) =>
          plan.srpm === undefined && build.components.get(plan.name)?.commit === undefined
        )
        const answers = yield* sources.resolve(open.map(({ ref, repository }) => ({ repository, ref })))
        const refused: Array<string> = []
        const commits: Record<string, string> = {}
        let unreachable: SourceControlError | undefined
        for (const [index, answer] of answers.entries()) {
          const name = open[index]!.name
          if (answer._tag === "Resolved") commits[name] = answer.commit
          else if (answer.error.isRetryable) unreachable = answer.error
          else refused.push(`${name}: ${answer.error.message}`)
        }
        if (refused.length > 0) {
          return [
            rejected(
              "ResolveSources",
              `The sources of components cannot be retrieved: ${NameList.shorten(refused, 50, "; ")}`
            )
          ]
        }
        if (unreachable !== undefined) return yield* unreachable
        const reuse = yield* findReuse(build, commits)
        return [{ _tag: "SourcesResolved", commits, ...reuse } as const]
      })

      const submitComponents = Effect.fnUntraced(function*(
        build: ModuleBuild,
        command: Extract<ModuleBuildCommand, { readonly _tag: "SubmitComponents" }>,
        attempt: number
      ) {
        const wanted = command.components.filter(({ attempt, name }) => {
          const component = build.components.get(name)
          return component?.state === "submitting" && component.attempt === attempt
        })
        // Where limits are set, the scheduler looks at all builds together and submits in its own time.
        if (wanted.length === 0 || build.buildroot === undefined) return []
        if (isLimited(limits) || (areRebuildsLimited && build.plan.rebuild !== undefined)) {
          yield* slots.tell
          return []
        }
        // What was put off because the farm was away may have reached it.
        const isFirstTry = attempt === 1 && Delays.of(build, command._tag) === undefined
        return [yield* Submitting.submit(farm, build, build.buildroot, wanted, { isFirstTry })]
      })

      const requestRepository = Effect.fnUntraced(function*(build: ModuleBuild, names: ReadonlyArray<string>) {
        const pending = build.repository
        if (build.buildroot === undefined || pending === undefined || pending.request !== undefined) return []
        const builds = results(build).filter(({ component }) => names.includes(component))
        const request = yield* farm.admit(build.buildroot, builds)
        // Many farms have the repository at once: asking now saves a round of the reconciler.
        const [state] = yield* farm.observeRepositories([request]).pipe(Effect.orElseSucceed(() => []))
        const requested = { _tag: "RepositoryRequested", request, components: names } as const
        return state === undefined || state._tag === "Pending"
          ? [requested]
          : [requested, repositoryOutcome(request, state)]
      })

      const prepare = Effect.fnUntraced(function*(build: ModuleBuild) {
        const wanted = BuildrootPlanning.plan(build)
        const buildroot = yield* farm.prepare(wanted)
        return buildroot.keptOut !== undefined || wanted.knowsKeptOut === true
          ? buildroot
          : { ...buildroot, keptOut: yield* FilteredPackages.find(build.plan, index, store) }
      })

      /** What components left behind, where the farm has not told that yet: nothing, or the event that says it. */
      const readResults = Effect.fnUntraced(function*(build: ModuleBuild) {
        const unread = results(build).filter(({ artifacts }) => artifacts.length === 0)
        if (farm.results === undefined || unread.length === 0) return []
        const found = yield* farm.results(unread)
        return [{
          _tag: "ResultsRead" as const,
          results: found.map((one, index) => ({ component: unread[index]!.component, ...one }))
        }]
      })

      const publish = Effect.fnUntraced(function*(build: ModuleBuild) {
        const told = yield* readResults(build)
        const components = new Map(build.components)
        for (const one of told.flatMap((event) => read(build, event.results))) components.set(one.name, one)
        const { path, url } = yield* publisher.publish({ ...build, components })
        return [...told, { _tag: "Published" as const, url, ...(path === undefined ? {} : { path }) }]
      })

      const askGate = Effect.fnUntraced(function*(build: ModuleBuild) {
        if (build.state !== "done") return []
        const verdict = yield* gate.decide({
          type: "module-build",
          identifier: build.handover?.nsvc ?? nsvc(build.plan),
          platform: build.plan.platform
        })
        return [
          {
            _tag: "GateDecided",
            satisfied: verdict._tag === "Satisfied",
            reason: verdict.reason,
            retryAfter: verdict._tag === "Satisfied" ? 0 : verdict.retryAfterSeconds
          } as const
        ]
      })

      const perform = (
        build: ModuleBuild,
        command: ModuleBuildCommand,
        { attempt }: Delivery
      ): Effect.Effect<ReadonlyArray<Outcome>, Failure> => {
        switch (command._tag) {
          case "ResolveSources":
            return build.state === "init" ? resolveSources(build) : nothing
          case "PrepareBuildroot":
            // A build that failed meanwhile may have a preparation cut short by the end of a process.
            return build.state !== "wait"
              ? finish(build, false)
              : Effect.map(prepare(build), (buildroot) => [{ _tag: "BuildrootPrepared", buildroot }])
          case "HandOver":
            return owned.handOver(build, command.attempt)
          case "CallOffHandover":
            return owned.callOff(build, command.attempt)
          case "SubmitComponents":
            return build.state === "build" ? submitComponents(build, command, attempt) : nothing
          case "RequestRepository":
            return build.state === "build" ? requestRepository(build, command.components) : nothing
          case "CancelTasks":
            return Effect.as(farm.cancel(command.tasks), [])
          case "Publish":
            if (build.state !== "build" || !build.publishing) return nothing
            return build.plan.ownedBy === undefined ? publish(build) : owned.read(build)
          case "AskGate":
            return askGate(build)
          case "Finish":
            return finish(build, command.succeeded)
          case "StartDeadline":
            // A deadline of an earlier life must not end a build that was resumed since.
            return Effect.map(isDue(build), (due) => due ? [{ _tag: "DeadlinePassed" }] : [])
        }
      }

      /** A resumed build still needs its buildroot: the wish of an earlier failure to release it is stale then. */
      const finish = (build: ModuleBuild, succeeded: boolean) => {
        const wanted = succeeded ? build.state !== "failed" : build.state === "failed" || build.state === "garbage"
        return !wanted
          ? nothing
          : Effect.andThen(
            farm.finish(
              BuildrootPlanning.plan(build),
              succeeded ? { _tag: "Succeeded", builds: results(build) } : { _tag: "Failed", reason: build.reason }
            ),
            // What a failed build has built can be looked at, and is continued from.
            readResults(build)
          )
      }

      return { run: interpreter(store, perform) }
    })
  )

  /** Workers that take commands from the queue for as long as the layer lives. */
  static readonly workers = (
    options: CommandWorkers.Options
  ): Layer.Layer<never, never, ModuleBuildCommands | CommandQueues> =>
    Layer.effectDiscard(
      Effect.flatMap(ModuleBuildCommands, ({ run }) => CommandWorkers.work(moduleBuildLife, run, options))
    )
}

const nothing = Effect.succeed([])

const rejected = (command: string, reason: string): Extract<Outcome, { readonly _tag: "CommandRejected" }> => ({
  _tag: "CommandRejected",
  command,
  reason
})

const isDue = (build: ModuleBuild): Effect.Effect<boolean> =>
  Effect.map(Clock.currentTimeMillis, (at) => build.deadlineAt !== undefined && at >= build.deadlineAt)

/** The event for a repository that has been decided about. */
export const repositoryOutcome = (
  request: { readonly buildroot: string; readonly id: string },
  state: { readonly _tag: "Ready" } | { readonly _tag: "Failed"; readonly reason: string }
): Extract<Outcome, { readonly _tag: "RepositoryObserved" }> => ({
  _tag: "RepositoryObserved",
  request,
  state: state._tag,
  ...(state._tag === "Failed" ? { reason: state.reason } : {})
})
