/**
 * Builds with the default modules of a platform as well, as they are on a system installed from it.
 *
 * A base module says whether it has any, and may name the git repository of its defaults; there they are read from the
 * branch that is called like the base module's stream. Contexts stay those of what was asked for.
 */
import type { Dependencies } from "@orch/core/modulemd/ModuleContent"
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import { SourceControl, SourceControlError } from "@orch/core/ports/SourceControl"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { AvailableModule } from "@orch/core/resolution/AvailableModule"
import * as Defaults from "@orch/core/resolution/DefaultModules"
import type { ExpandedModule } from "@orch/core/resolution/ExpandedModule"
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { type Available, Modules } from "./Modules.ts"
import { StreamSettings } from "./StreamSettings.ts"
import { impossible, type SubmissionRefused, unreachable } from "./SubmissionRefused.ts"

export interface Extended extends Available {
  readonly expanded: ReadonlyArray<ExpandedModule>
}

export interface Interface {
  /** The same modules, built with the default modules of their platforms as well. */
  readonly extend: (
    expanded: ReadonlyArray<ExpandedModule>,
    dependencies: ReadonlyArray<Dependencies>,
    available: Available
  ) => Effect.Effect<Extended, SubmissionRefused | StoreUnavailable>
}

type Streams = Readonly<Record<string, string>>

/** Defaults by repository and commit; distributions have a few branches each. */
const keptAtMost = 32

class DefaultsAt extends Data.Class<{ readonly repository: string; readonly commit: string }> {}

/** Why the defaults at a commit cannot be read: `unreachable` may pass, `unusable` needs somebody to mend them. */
interface Unreadable {
  readonly reason: "unreachable" | "unusable"
  readonly message: string
}

const unreadable = ({ isRetryable, message }: SourceControlError): Unreadable => ({
  reason: isRetryable ? "unreachable" : "unusable",
  message
})

const told = (what: string) => ({ message, reason }: Unreadable) =>
  (reason === "unreachable" ? unreachable : impossible)(`Failed to retrieve the default modules ${what}: ${message}`)

/** All documents directly in a directory. Links are left alone: they may lead anywhere. */
const indexOf = (directory: string): ModuleIndex.ModuleIndex => {
  const files = Fs.existsSync(directory)
    ? Fs.readdirSync(directory, { withFileTypes: true }).filter((entry) =>
      entry.isFile() && entry.name.endsWith(".yaml")
    )
    : []
  return ModuleIndex.fromDocuments(files.flatMap(({ name }) => {
    const { documents, problems } = Modulemd.readBytes(Fs.readFileSync(Path.join(directory, name)))
    const wrong = problems.find(({ severity }) => severity === "error")
    if (wrong !== undefined) throw new Error(`${name}, line ${wrong.line}: ${wrong.message}`)
    return documents
  })).index
}

/** The default stream of each module, those in `overrides/` before the others. */
const read = (directory: string): Streams => {
  const parts = [directory, Path.join(directory, "overrides")].map((part) => {
    const index = indexOf(part)
    const [conflict] = ModuleIndex.conflicts(index)
    if (conflict !== undefined) throw new Error(`the defaults of ${conflict.module} contradict each other`)
    return index
  })
  return Object.fromEntries(ModuleIndex.defaultStreams(ModuleIndex.override(parts[0]!, parts[1]!)))
}

/** The default streams at a commit, read from a checkout that is gone afterwards. */
const streamsAt = Effect.fnUntraced(function*(
  scm: SourceControl["Service"],
  { commit, repository }: DefaultsAt
): Effect.fn.Return<Streams, Unreadable, Scope.Scope> {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-defaults-"))),
    (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true }))
  )
  const tree = Path.join(directory, "tree")
  yield* Effect.mapError(scm.checkout(repository, commit, tree), unreadable)
  return yield* Effect.try({
    try: () => read(tree),
    catch: (cause): Unreadable => ({
      reason: "unusable",
      message: cause instanceof Error ? cause.message : String(cause)
    })
  })
}, Effect.scoped)

export class DefaultModules extends Context.Service<DefaultModules, Interface>()(
  "@orch/server/modulebuilds/submission/PlatformDefaults"
) {
  static readonly layer: Layer.Layer<DefaultModules, never, SourceControl | Modules | StreamSettings> = Layer.effect(
    DefaultModules,
    Effect.gen(function*() {
      const { defaultModulesBranches, defaultModulesRepository } = yield* StreamSettings
      const scm = yield* SourceControl
      const modules = yield* Modules
      const kept = yield* Cache.makeWith((at: DefaultsAt) => streamsAt(scm, at), {
        capacity: keptAtMost,
        // What a commit holds never changes; why it could not be read may pass.
        timeToLive: (exit) => Exit.isSuccess(exit) ? Duration.infinity : 0
      })

      /** The default streams on a base module; none for those that have no defaults. */
      const streamsOn = Effect.fnUntraced(function*(base: AvailableModule) {
        if (base.useDefaultModules !== true && base.defaultModulesUrl === undefined) return {}
        const repository = base.defaultModulesUrl ?? defaultModulesRepository
        const branch = defaultModulesBranches[base.stream] ?? base.stream
        const what = `of ${base.name}:${base.stream} from branch ${branch}`
        const [resolution] = yield* scm.resolve([{ repository, ref: branch }])
        if (resolution?._tag !== "Resolved") return yield* told(what)(unreadable(resolution!.error))
        return yield* Effect.mapError(
          Cache.get(kept, new DefaultsAt({ repository, commit: resolution.commit })),
          told(what)
        )
      })

      return DefaultModules.of({
        extend: Effect.fn("DefaultModules.extend")(function*(expanded, dependencies, available) {
          const { baseModuleNames } = available.available.settings
          const isBase = ({ name }: AvailableModule) => baseModuleNames.includes(name)
          const defaults = new Map<AvailableModule, Streams>()
          for (const base of new Set(expanded.flatMap(({ modules }) => modules.filter(isBase)))) {
            const streams = yield* streamsOn(base)
            if (Object.keys(streams).length > 0) defaults.set(base, streams)
          }
          if (defaults.size === 0) return { ...available, expanded }
          const names = Array.from(defaults.values()).flatMap((streams) => Object.keys(streams))
          const all = yield* modules.available(dependencies, names)
          const extend = Effect.fnUntraced(function*(module: ExpandedModule) {
            const added: Array<AvailableModule> = []
            let { buildrequires } = module
            for (const base of module.modules.filter((one) => defaults.has(one))) {
              const found = yield* Effect.fromResult(
                Defaults.add(all.available, buildrequires, base, defaults.get(base)!).pipe(
                  Result.mapError(({ message }) => impossible(message))
                )
              )
              buildrequires = found.buildrequires
              added.push(...found.added)
            }
            const modules = [...module.modules, ...added]
            return { ...module, buildrequires, modules, defaultModules: added.map(({ name }) => name) }
          })
          return { ...all, expanded: yield* Effect.forEach(expanded, extend) }
        })
      })
    })
  )
}
