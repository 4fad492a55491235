/** Waivers: who may give them, and which count. */
import type * as WaiverWire from "@orch/api/gating/WaiverWire"
import * as SubjectType from "@orch/core/gating/SubjectType"
import * as Glob from "@orch/core/gating/TestCasePattern"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Access } from "../auth/Access.ts"
import type { Caller } from "../auth/Caller.ts"
import { Notifier } from "../database/Notifier.ts"
import { GatingConfig, type WaiverPermission } from "./GatingConfig.ts"
import * as PendingSubjects from "./PendingSubjects.ts"
import * as DecisionStatements from "./statements/DecisionStatements.ts"
import * as Results from "./statements/ResultStatements.ts"
import * as Statements from "./statements/WaiverStatements.ts"

export type { Filter, Obsolescence } from "./statements/WaiverStatements.ts"

/** Why a waiver is not recorded. */
export class WaiverRefused extends Data.TaggedError("WaiverRefused")<{
  readonly reason: "forbidden" | "unknownResult"
  readonly message: string
}> {}

interface Page {
  readonly limit: number
  readonly offset: number
}

export interface Interface {
  /** Records all of them, or none. */
  readonly post: (
    caller: Caller,
    posts: ReadonlyArray<WaiverWire.WaiverPost>
  ) => Effect.Effect<ReadonlyArray<WaiverWire.StoredWaiver>, WaiverRefused>
  /** Whether somebody of that name may waive the test, when the caller asks. */
  readonly mayWaive: (name: string, caller: Caller, testcase: string) => boolean
  readonly get: (id: number) => Effect.Effect<WaiverWire.StoredWaiver | undefined>
  readonly list: (
    filters: ReadonlyArray<Statements.Filter>,
    obsolescence: Statements.Obsolescence,
    page: Page
  ) => Effect.Effect<{ readonly waivers: ReadonlyArray<WaiverWire.StoredWaiver>; readonly total: number }>
}

const speaksOf = ({ testcases, testcasesIgnore }: WaiverPermission, testcase: string): boolean =>
  testcases.some((pattern) => Glob.matches(pattern, testcase))
  && !testcasesIgnore.some((pattern) => Glob.matches(pattern, testcase))

/** The permissions that speak of a test. */
export const permissionsFor = (
  permissions: ReadonlyArray<WaiverPermission>,
  testcase: string
): ReadonlyArray<WaiverPermission> => permissions.filter((one) => speaksOf(one, testcase))

/** What a result is about, as far as a waiver can name it. */
const subjectOfResult = ({ data, testcase }: {
  readonly data: Readonly<Record<string, ReadonlyArray<string>>>
  readonly testcase: string
}) => {
  const compose = data["productmd.compose.id"]?.[0]
  const nvr = data["original_spec_nvr"]?.[0]
  const item = data["item"]?.[0]
  const scenario = data["scenario"]?.[0]
  const about = compose !== undefined
    ? { subjectType: "compose", subjectIdentifier: compose }
    : nvr !== undefined
    ? { subjectType: "koji_build", subjectIdentifier: nvr }
    : item !== undefined
    ? { subjectType: data["type"]?.[0] ?? "koji_build", subjectIdentifier: item }
    : undefined
  return about === undefined ? undefined : { ...about, testcase, scenario: scenario ?? null }
}

/** The waivers of this server. */
export class Waivers extends Context.Service<Waivers, Interface>()("@orch/server/gating/Waivers") {
  static readonly layer: Layer.Layer<Waivers, never, Notifier | SqlClient.SqlClient | Access> = Layer.effect(
    Waivers,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const access = yield* Access
      const notifier = yield* Notifier
      const { permissions, policies, subjectTypes, superusers } = yield* GatingConfig
      // A database that does not answer is told in one place, for all routes.
      const on = <A, E>(work: Effect.Effect<A, E, SqlClient.SqlClient>): Effect.Effect<A> =>
        Effect.orDie(Effect.provideService(work, SqlClient.SqlClient, sql))

      const forbidden = (message: string) => Effect.fail(new WaiverRefused({ reason: "forbidden", message }))

      const mayWaive = (name: string, caller: Caller, testcase: string): boolean =>
        permissions.length === 0
          ? access.allows(caller, "submit")
          : permissionsFor(permissions, testcase).some(({ groups, users }) =>
            users.includes(name) || (name === caller.name && groups.some((group) => caller.groups.has(group)))
          )

      const what = Effect.fnUntraced(function*(about: WaiverWire.WaiverPost["about"]) {
        if (about._tag === "Subject") {
          const { subject: { identifier, type }, testcase } = about
          return { subjectType: type.id, subjectIdentifier: identifier, testcase, scenario: null }
        }
        const result = yield* on(Results.byId(about.id))
        const found = result === undefined ? undefined : subjectOfResult(result)
        if (found !== undefined) return found
        const message = result === undefined
          ? `There is no result ${about.id}`
          : `It is not possible to get subject_type or subject_identifier from result ${about.id}`
        return yield* Effect.fail(new WaiverRefused({ reason: "unknownResult", message }))
      })

      const asNew = Effect.fnUntraced(function*(caller: Caller, post: WaiverWire.WaiverPost) {
        const username = post.username ?? caller.name
        if (username !== caller.name && !superusers.includes(caller.name)) {
          return yield* forbidden(`user ${caller.name} does not have the proxyuser ability`)
        }
        const about = yield* what(post.about)
        if (!mayWaive(username, caller, about.testcase)) {
          return yield* forbidden(
            `User ${username} is not authorized to submit results for the test case ${about.testcase}`
          )
        }
        return {
          ...about,
          scenario: post.scenario ?? about.scenario,
          productVersion: post.productVersion,
          waived: post.waived,
          comment: post.comment,
          username,
          proxiedBy: username === caller.name ? null : caller.name
        } satisfies Statements.NewWaiver
      })

      return {
        mayWaive,
        post: (caller, posts) =>
          Effect.forEach(posts, (post) => asNew(caller, post)).pipe(
            Effect.flatMap((waivers) =>
              on(
                sql.withTransaction(Effect.andThen(
                  policies.length === 0 ? Effect.void : DecisionStatements.pend(
                    waivers.map(({ subjectIdentifier, subjectType }) => ({
                      type: SubjectType.named(subjectType, subjectTypes).id,
                      identifier: subjectIdentifier
                    }))
                  ),
                  Statements.insert(waivers)
                ))
              )
            ),
            Effect.tap(() => notifier.notify(PendingSubjects.topic))
          ),
        get: (id) => on(Statements.byId(id)),
        list: (filters, obsolescence, page) => on(Statements.list(filters, obsolescence, page))
      }
    })
  )
}
