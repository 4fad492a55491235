/**
 * Pushes to dist-git: `git.receive` as it was, which names namespace, repository and branch, and `pagure.git.receive`.
 *
 * Pagure tells of branches and tags that are new or gone by topics of their own, such as `git.branch.deletion`.
 *
 * All become what a hook of Pagure says. `git.receive` as it was does not say where the repository is; that follows from where sources are.
 */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { BranchHistory } from "../../history/BranchHistory.ts"
import type { PushBuilds } from "../../sources/PushBuilds.ts"
import * as PushIntake from "../../sources/PushIntake.ts"
import { type Handled, HandlingFailed, type KeptHandler, members, textAt } from "../InboxHandler.ts"

/** Addresses below which repositories lie; each ends with a slash. */
export interface Places {
  readonly rpms: string
  readonly modules: string
}

const topic = /(?:^|\.)(?:pagure\.)?git\.(?:receive|(?:branch|tag)\.(?:creation|deletion))$/
/** Whether messages of this topic tell of branches and tags. */
export const accepts = (name: string): boolean => topic.test(name)

const ofRef = /(?:^|\.)(git\.(?:branch|tag)\.(?:creation|deletion))$/

/** The message as a hook of Pagure brings it; `undefined` for what is neither form. */
export const asPagure = ({ body, topic: told }: Pick<Handled, "body" | "topic">, places: Places): unknown => {
  const { commit, repo } = members(body)
  if (commit === undefined) {
    const repository = members(repo)
    const address = textAt(repository, "full_url") ?? textAt(repository, "url")
    if (address === undefined) return undefined
    const message = { ...members(body), repo: { ...repository, full_url: address } }
    const [, event] = ofRef.exec(told) ?? []
    return event === undefined ? message : { topic: event, msg: message }
  }
  const [branch, rev, name, namespace = "rpms"] = ["branch", "rev", "repo", "namespace"]
    .map((key) => textAt(commit, key))
  if (branch === undefined || rev === undefined || name === undefined || /[\s/]|\.\./.test(name)) return undefined
  const place = namespace === "rpms" ? places.rpms : namespace === "modules" ? places.modules : undefined
  const agent = textAt(commit, "username") ?? textAt(commit, "agent")
  return place === undefined ? undefined : {
    branch,
    end_commit: rev,
    ...(agent === undefined ? {} : { agent }),
    repo: { fullname: `${namespace}/${name}`, full_url: `${place}${name}` }
  }
}

const subject = ({ body }: Handled): string => {
  const commit = members(body)["commit"]
  const repository = textAt(body, "repo", "fullname")
    ?? `${textAt(commit, "namespace") ?? "rpms"}/${textAt(commit, "repo") ?? ""}`
  return `${repository}#${textAt(body, "branch") ?? textAt(commit, "branch") ?? textAt(body, "tag") ?? ""}`
}

/** The handler; sources without an address of their own are below these places. */
export const make = (places: Places) =>
  Effect.map(Effect.context<BranchHistory | PushBuilds>(), (services): KeptHandler => ({
    _tag: "Kept",
    name: "dist-git",
    kind: "dist-git",
    accepts,
    subject,
    handle: Effect.fnUntraced(function*(message): Effect.fn.Return<string, HandlingFailed | StoreUnavailable> {
      const given = asPagure(message, places)
      if (given === undefined) {
        return yield* new HandlingFailed({ message: "It names no repository, branch and commit", isRetryable: false })
      }
      const taken = yield* Effect.provideContext(PushIntake.take("pagure", given, message.id), services)
      if (Result.isSuccess(taken)) {
        const builds = taken.success.flatMap(({ build }) => build === undefined ? [] : [build])
        return builds.length === 0 ? "Recorded" : `Recorded; package builds ${builds.join(", ")}`
      }
      return taken.failure.reason === "ignored"
        ? `Not built: ${taken.failure.message}`
        : yield* new HandlingFailed({ message: taken.failure.message, isRetryable: false })
    })
  }))
