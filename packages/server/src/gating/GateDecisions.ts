/** Answers whether something may pass: gathers what is known in a few questions, and lets core decide. */
import type { DecisionRequest } from "@orch/api/gating/DecisionWire"
import type * as ResultWire from "@orch/api/gating/ResultWire"
import type * as WaiverWire from "@orch/api/gating/WaiverWire"
import * as GateDecision from "@orch/core/gating/GateDecision"
import type * as GatingPolicy from "@orch/core/gating/GatingPolicy"
import * as GatingResult from "@orch/core/gating/GatingResult"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import { GatingConfig } from "./GatingConfig.ts"
import * as PolicyFile from "./PolicyFile.ts"
import * as RemoteFiles from "./RemoteFiles.ts"
import * as BoundWaiverStatements from "./statements/BoundWaiverStatements.ts"
import { TestResults } from "./TestResults.ts"
import { type Filter, Waivers } from "./Waivers.ts"

/** The rules that a request brought along cannot be read. */
export class RulesRefused extends Data.TaggedError("RulesRefused")<{ readonly message: string }> {}

/** A decision with what it was made of. */
export interface Decided {
  readonly decision: GateDecision.GateDecision
  /** All newest results of the subjects, each once. */
  readonly results: ReadonlyArray<ResultWire.StoredResult>
  /** All waivers of the subjects that count, the newest first. */
  readonly waivers: ReadonlyArray<WaiverWire.StoredWaiver>
}

export interface Interface {
  readonly decide: (
    request: DecisionRequest
  ) => Effect.Effect<Decided, RulesRefused | RemoteFiles.RemoteFileUnavailable>
}

/** Waivers that one decision looks at. */
const mostWaivers = 10_000

/** All combinations of the alternatives that commas separate. */
export const alternatives = (
  query: Readonly<Record<string, string>>
): ReadonlyArray<Readonly<Record<string, string>>> =>
  Object.entries(query).reduce<ReadonlyArray<Readonly<Record<string, string>>>>(
    (found, [key, value]) => found.flatMap((one) => value.split(",").map((each) => ({ ...one, [key]: each }))),
    [{}]
  )

const asResult = (
  { data, errorReason, id, outcome, testcase }: ResultWire.StoredResult
): GatingResult.GatingResult => ({
  id,
  testCase: testcase,
  outcome,
  data,
  errorReason: errorReason ?? undefined
})

/** A waiver of this server's own face as those of WaiverDB are shown. */
const asStored = (row: BoundWaiverStatements.BoundWaiverRow, productVersion: string): WaiverWire.StoredWaiver => ({
  id: row.id,
  subjectType: row.subject_type,
  subjectIdentifier: row.subject_identifier,
  testcase: row.testcase,
  productVersion,
  scenario: row.scenario,
  waived: true,
  comment: row.comment,
  username: row.username,
  proxiedBy: null,
  made: new Date(row.made_at).toISOString().slice(0, -1)
})

const remoteRules = (policies: ReadonlyArray<GatingPolicy.GatingPolicy>) =>
  policies.flatMap(({ rules }) => rules.filter((rule) => rule._tag === "Remote"))

const hasTimes = (policy: GatingPolicy.GatingPolicy): boolean =>
  policy.rules.some((rule) =>
    rule._tag === "PassingTestCase" && (rule.validSince !== undefined || rule.validUntil !== undefined)
  )

const keyOf = ({ identifier, type }: GatingSubject.GatingSubject, sources: ReadonlyArray<string>): string =>
  JSON.stringify([type.id, identifier, ...sources])

/** The decisions of this server. */
export class GateDecisions extends Context.Service<GateDecisions, Interface>()("@orch/server/gating/GateDecisions") {
  static readonly layer: Layer.Layer<GateDecisions, never, SqlClient.SqlClient | TestResults | Waivers> = Layer.effect(
    GateDecisions,
    Effect.gen(function*() {
      const results = yield* TestResults
      const waivers = yield* Waivers
      const config = yield* GatingConfig
      const sql = yield* SqlClient.SqlClient
      const origins = yield* RemoteFiles.BuildOrigins

      const questionOf = Effect.fnUntraced(function*(request: DecisionRequest) {
        const { contexts, productVersion, subjects } = request
        if (contexts !== undefined) {
          return { subjects, productVersion, policies: config.policies, decisionContexts: contexts }
        }
        const policy = PolicyFile.onDemand({ ...request, subjectType: subjects[0]!.type.id })
        if (Result.isFailure(policy)) {
          return yield* new RulesRefused({ message: `Failed to parse on demand policy: ${policy.failure}` })
        }
        return { subjects, productVersion, policies: [policy.success], decisionContexts: undefined }
      })

      /** The files that the remote rules of the subjects need. */
      const filesFor = Effect.fnUntraced(function*(question: GateDecision.Question) {
        const files = new Map<string, GateDecision.RemoteFile>()
        for (const subject of question.subjects) {
          if (!subject.type.isKojiBuild) continue
          for (const { sources } of remoteRules(GateDecision.applicable(question, subject))) {
            const key = keyOf(subject, sources)
            if (files.has(key)) continue
            const templates = sources.length > 0 ? sources : config.remoteRules
            files.set(key, yield* RemoteFiles.read(subject, templates, origins))
          }
        }
        return files
      })

      /** When the subjects were built, where a rule asks for it. */
      const timesFor = Effect.fnUntraced(function*(
        question: GateDecision.Question,
        files: ReadonlyMap<string, GateDecision.RemoteFile>
      ) {
        const own = [...files.values()].flatMap((file) => file._tag === "Read" ? file.policies : [])
        const times = new Map<string, number>()
        for (const subject of question.subjects) {
          if (![...GateDecision.applicable(question, subject), ...own].some(hasTimes)) continue
          const origin = yield* origins.find(subject.identifier)
          if (origin?.builtAt !== undefined) times.set(subject.identifier, origin.builtAt)
        }
        return times
      })

      const resultsFor = Effect.fnUntraced(function*(request: DecisionRequest) {
        const queries = request.subjects.flatMap((subject, index) =>
          GatingSubject.queries(subject).map((query) => ({ index, alternatives: alternatives(query) }))
        )
        const found = yield* results.latestOf(
          queries.map((query) => query.alternatives),
          GatingResult.distinctKeys,
          request.when
        )
        const bySubject = request.subjects.map((): Array<ResultWire.StoredResult> => [])
        for (const [number, { index }] of queries.entries()) {
          bySubject[index]!.push(...found[number]!.filter(({ id }) => !request.ignoreResults.has(id)))
        }
        return bySubject
      })

      const waiversFor = Effect.fnUntraced(
        function*({ ignoreWaivers, productVersion, subjects, when }: DecisionRequest) {
          const filters = subjects.map(({ identifier, type }): Filter => ({
            subjectTypes: [type.id, ...type.aliases],
            subjectIdentifier: identifier,
            productVersion,
            until: when
          }))
          const { waivers: found } = yield* waivers.list(filters, "anybody", { limit: mostWaivers, offset: 0 })
          const bound = yield* Effect.orDie(Effect.provideService(
            BoundWaiverStatements.counting(
              subjects.map(({ identifier, type }) => ({ identifier, types: [type.id, ...type.aliases] })),
              productVersion,
              when
            ),
            SqlClient.SqlClient,
            sql
          ))
          return [
            ...found.filter(({ waived }) => waived).map((waiver) => ({ waiver, resultId: undefined })),
            ...bound.map((row) => ({ waiver: asStored(row, productVersion), resultId: row.result_id ?? undefined }))
          ].filter(({ waiver }) => !ignoreWaivers.has(waiver.id))
        }
      )

      return {
        decide: Effect.fnUntraced(function*(request) {
          const question = yield* questionOf(request)
          const files = yield* filesFor(question)
          const times = yield* timesFor(question, files)
          const bySubject = yield* resultsFor(request)
          const counting = yield* waiversFor(request)
          const now = yield* Clock.currentTimeMillis
          const all = new Map(request.subjects.map((subject, index) => [keyOf(subject, []), bySubject[index]!]))
          const decision = GateDecision.decide(question, {
            results: (subject, testCase) =>
              (all.get(keyOf(subject, [])) ?? []).filter(({ testcase }) => testcase === testCase).map(asResult),
            remoteFile: (subject, sources) => files.get(keyOf(subject, sources)) ?? { _tag: "Absent", sources: [] },
            builtAt: ({ identifier }) => times.get(identifier) ?? now,
            waivers: counting.map(({ resultId, waiver }) => ({
              ...(resultId === undefined ? {} : { resultId }),
              id: waiver.id,
              subjectType: waiver.subjectType,
              subjectIdentifier: waiver.subjectIdentifier,
              testCase: waiver.testcase,
              productVersion: waiver.productVersion,
              scenario: waiver.scenario,
              waived: waiver.waived
            }))
          })
          const each = new Map(bySubject.flat().map((result) => [result.id, result]))
          return { decision, results: [...each.values()], waivers: counting.map(({ waiver }) => waiver) }
        })
      }
    })
  )
}
