/**
 * What a hub's own history says of how long things take: packages on average, and repositories lately. Asked along with the
 * first look of a preparation, so that it costs no request.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { elementOr, Task } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiFarm } from "./KojiFarm.ts"
import type { Answer } from "./KojiHub.ts"

/** Questions about the past, and what takes in their answers. */
export interface Questions {
  readonly calls: ReadonlyArray<KojiCall.KojiCall>
  /** The answers to `calls`, in order. Hubs that do not know a question leave it open. */
  readonly absorb: (answers: ReadonlyArray<Answer>) => Effect.Effect<void, KojiError>
}

const repositoriesLooked = 10

const Ended = Schema.Array(Task)

/** Milliseconds that a task took; undefined where the hub does not tell. */
export const tookOf = ({ completion_ts, create_ts }: Task): number | undefined =>
  typeof completion_ts === "number" && typeof create_ts === "number"
    ? Math.max(0, (completion_ts - create_ts) * 1000)
    : undefined

/** What is worth knowing before these packages are built for a tag; nothing where it has been asked before. */
export const questions = ({ durations }: KojiFarm, packages: ReadonlyArray<string>, buildTag: string): Questions => {
  const names = durations.unasked(packages)
  const repositories = durations.ofRepository(buildTag) === undefined
  return {
    calls: [
      ...(repositories
        ? [KojiCall.make("listTasks", [{ method: "newRepo", state: [2] }, { order: "-id", limit: repositoriesLooked }])]
        : []),
      ...names.map((name) => KojiCall.make("getAverageBuildDuration", [name]))
    ],
    absorb: Effect.fnUntraced(function*(answers) {
      if (repositories) {
        const tasks = yield* elementOr(Ended, "listTasks", answers[0], [])
        // As if of a tag of its own, so that the first repository of this one is still looked for soon.
        for (const took of tasks.flatMap((task) => tookOf(task) ?? [])) durations.repositoryTook("", took)
      }
      for (const [index, answer] of answers.slice(repositories ? 1 : 0).entries()) {
        if (Result.isFailure(answer) || typeof answer.success !== "number") continue
        durations.packageTook(names[index]!, answer.success * 1000)
      }
    })
  }
}
