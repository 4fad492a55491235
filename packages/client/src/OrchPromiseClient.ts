/** The client for people who do not write Effect: promises, async iterators, errors that are thrown. */
import type { ModuleBuildDetail, ModuleBuildExplanation, ModuleBuildSummary } from "@orch/api/orch/ModuleBuildsApi"
import type { Repository, RepositoryPost } from "@orch/api/shaman/RepositoriesApi"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Stream from "effect/Stream"
import { type Options, OrchClient } from "./OrchClient.ts"
import * as WatchModuleBuild from "./WatchModuleBuild.ts"

/** Which module builds are wanted; all filters must hold, of several states any one. */
export interface ListQuery {
  readonly state?: string | ReadonlyArray<string>
  readonly name?: string
  readonly stream?: string
  readonly owner?: string
  /** At most so many; the server has a bound of its own. */
  readonly limit?: number
  /** How many of the newest to leave out. */
  readonly offset?: number
}

/** Which repositories are wanted; all filters must hold. */
export interface RepositoryQuery {
  readonly project?: string
  readonly ref?: string
  readonly sha1?: string
  readonly flavor?: string
  readonly status?: string
  /** Places, any of which will do: `centos/9,ubuntu/22.04/x86_64`. */
  readonly distros?: string
  readonly arch?: string
  /** Only the newest commit that is built for all of `distros`: one repository for each. */
  readonly commonSha1?: boolean
  readonly limit?: number
  /** `next` of the page before. */
  readonly before?: string
}

/**
 * The client's methods by what they are about. What the server refuses rejects with an error whose `status`, `message`
 * and `problems` are the answer's.
 *
 * ```ts
 * import * as OrchPromiseClient from "@orch/client/OrchPromiseClient"
 *
 * const client = OrchPromiseClient.make({ url: "http://127.0.0.1:8080" })
 * for (const build of await client.moduleBuilds.submit("git://example.org/modules/perl.git?#5.30")) {
 *   const { state, state_reason } = await client.moduleBuilds.finished(build.id)
 *   console.log(build.id, state, state_reason)
 * }
 * await client.close()
 * ```
 */
export interface OrchPromiseClient {
  readonly moduleBuilds: {
    /** Rejects with an error whose `status` and `problems` say what is wrong. */
    readonly submit: (scmurl: string, options?: { readonly owner?: string; readonly scratch?: boolean }) => Promise<
      ReadonlyArray<ModuleBuildSummary>
    >
    readonly list: (query?: ListQuery) => Promise<
      { readonly items: ReadonlyArray<ModuleBuildSummary>; readonly total: number }
    >
    readonly get: (id: number) => Promise<ModuleBuildDetail>
    readonly explain: (id: number) => Promise<ModuleBuildExplanation>
    readonly cancel: (id: number) => Promise<ModuleBuildSummary>
    readonly resume: (id: number) => Promise<ModuleBuildSummary>
    /** From -100 to 100; above 0 is for administrators. */
    readonly prioritize: (id: number, priority: number) => Promise<ModuleBuildSummary>
    /** Takes a ready build from those that others are built against, or a failed one from those that can be resumed. */
    readonly retire: (id: number) => Promise<ModuleBuildSummary>
    readonly retry: (id: number, component: string) => Promise<ModuleBuildSummary>
    /** The build after each change, until it has ended. */
    readonly watch: (id: number) => AsyncIterable<ModuleBuildDetail>
    /** The build once it has ended. */
    readonly finished: (id: number) => Promise<ModuleBuildDetail>
  }
  readonly repositories: {
    /** Newest first; with `commonSha1` one for each of `distros`, in their order, of the newest commit that has all. */
    readonly search: (query?: RepositoryQuery) => Promise<
      { readonly items: ReadonlyArray<Repository>; readonly next: string | null }
    >
    /** Records or changes a repository. */
    readonly post: (
      project: string,
      post: RepositoryPost
    ) => Promise<{ readonly outcome: "created" | "updated" | "late" | "deleted" }>
    /** The address of the storage node whose turn it is. */
    readonly nextNode: () => Promise<string>
  }
  /** Releases what the client holds. */
  readonly close: () => Promise<void>
}

/** A client of one server. It connects when it is first used, and holds what `close` releases. */
export const make = (options: Options): OrchPromiseClient => {
  const runtime = ManagedRuntime.make(OrchClient.layer(options))
  const run = <A, E>(call: (client: OrchClient["Service"]) => Effect.Effect<A, E>): Promise<A> =>
    runtime.runPromise(Effect.flatMap(OrchClient, call))
  const path = (id: number) => ({ params: { id: `${id}` } })
  const watch = (id: number) => Stream.unwrap(Effect.map(OrchClient, (client) => WatchModuleBuild.watch(client, id)))
  return {
    moduleBuilds: {
      submit: (scmurl, given = {}) => run((client) => client.moduleBuilds.submit({ payload: { scmurl, ...given } })),
      list: ({ limit, offset, ...query } = {}) =>
        run((client) =>
          client.moduleBuilds.list({
            query: {
              ...query,
              ...(limit === undefined ? {} : { limit: `${limit}` }),
              ...(offset === undefined ? {} : { offset: `${offset}` })
            }
          })
        ),
      get: (id) => run((client) => client.moduleBuilds.get(path(id))),
      explain: (id) => run((client) => client.moduleBuilds.explain(path(id))),
      cancel: (id) => run((client) => client.moduleBuilds.cancel({ ...path(id), query: {} })),
      resume: (id) => run((client) => client.moduleBuilds.resume({ ...path(id), query: {} })),
      prioritize: (id, priority) =>
        run((client) => client.moduleBuilds.prioritize({ ...path(id), query: {}, payload: { priority } })),
      retire: (id) => run((client) => client.moduleBuilds.retire({ ...path(id), query: {} })),
      retry: (id, component) =>
        run((client) => client.moduleBuilds.retry({ params: { id: `${id}`, component }, query: {} })),
      watch: (id) => ({
        [Symbol.asyncIterator]: () => {
          const iterable = runtime.contextEffect.pipe(
            Effect.map((context) => Stream.toAsyncIterableWith(watch(id), context))
          )
          let inner: AsyncIterator<ModuleBuildDetail> | undefined
          const start = async () => inner ??= (await runtime.runPromise(iterable))[Symbol.asyncIterator]()
          return {
            next: async () => (await start()).next(),
            return: async () => (await inner?.return?.()) ?? { done: true, value: undefined }
          }
        }
      }),
      finished: (id) => runtime.runPromise(Effect.flatMap(Stream.runLast(watch(id)), (last) => Effect.fromOption(last)))
    },
    repositories: {
      search: ({ commonSha1, limit, ...query } = {}) =>
        run((client) =>
          client.repositories.search({
            query: {
              ...query,
              ...(limit === undefined ? {} : { limit: `${limit}` }),
              ...(commonSha1 === true ? { common_sha1: "true" as const } : {})
            }
          })
        ),
      post: (project, payload) =>
        run((client) => client.repositories.post({ params: { project }, headers: {}, payload })),
      nextNode: () => run((client) => Effect.map(client.repositories.nextNode({ headers: {} }), ({ url }) => url))
    },
    close: () => runtime.dispose()
  }
}
