/** Answers of the originals, recorded while they ran, and ours to the same questions. */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import * as PolicyFile from "../../src/gating/PolicyFile.ts"
import type { BuildOrigins } from "../../src/gating/RemoteFiles.ts"
import * as Databases from "../support/Databases.ts"
import * as GatingServer from "./GatingServer.ts"
import * as RecordedCases from "./recordedCases.ts"

type Wire = GatingServer.Wire

const permissions = [
  {
    name: "kernel-qe",
    maintainers: ["kqe"],
    testcases: ["kernel-qe.*"],
    testcasesIgnore: ["kernel-qe.unwaivable.*"],
    groups: [],
    users: ["tester"]
  },
  {
    name: "any",
    maintainers: ["rel"],
    testcases: ["*"],
    testcasesIgnore: ["kernel-qe*"],
    groups: [],
    users: ["tester", "bodhi", "reviewer"]
  }
]

/** Hosts of the recording, in place of ours. */
const settled = (value: Wire, base: string, forge: string): Wire =>
  JSON.parse(
    JSON.stringify(value).replaceAll(base, "http://peer.test").replaceAll(forge, "http://dist-git.test")
      .replaceAll(/http:\/\/(?:resultsdb|waiverdb|greenwave)\.test/g, "http://peer.test")
  )

/** No address. */
const none = "\0"

const now = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{6})?$/

/** Where the recording has the time of the request or a fresh UUID, ours is taken for that. */
const aligned = (ours: Wire, theirs: Wire): Wire => {
  if (theirs === "<now>") return now.test(ours) ? theirs : ours
  if (typeof theirs === "string" && theirs.includes("<uuid")) return typeof ours === "string" ? theirs : ours
  if (Array.isArray(theirs) && Array.isArray(ours)) return ours.map((one, index) => aligned(one, theirs[index]))
  if (typeof theirs === "object" && theirs !== null && typeof ours === "object" && ours !== null) {
    return Object.fromEntries(Object.entries(ours).map(([key, value]) => [key, aligned(value, theirs[key])]))
  }
  return ours
}

/** The fields that are found wrong. The words are those of a library of theirs. */
const fields = ({ validation_error }: Wire): ReadonlyArray<string> => [
  ...new Set<string>(validation_error.map(({ loc }: Wire) => String(loc.at(-1))))
]

/** What is meant to differ, by case: see docs/gating.md. */
const differences: Readonly<Record<string, string>> = {
  "rdb-misc": "the landing page and what is no JSON there have words of their own"
}

const compare = (name: string, ours: { readonly status: number; readonly body: Wire }, theirs: Wire): void => {
  // Their mistakes are no part of what is followed.
  if (theirs.status === 500) {
    assert.isTrue(ours.status >= 400 && ours.status < 500, `${name}: ${ours.status} ${JSON.stringify(ours.body)}`)
    return
  }
  assert.strictEqual(ours.status, theirs.status, `${name}: ${JSON.stringify(ours.body)}`)
  if (theirs.body.text !== undefined) return
  if (theirs.body.validation_error !== undefined) {
    const their = fields(theirs.body)
    if (their.some((field) => field.startsWith("function-after"))) return
    assert.isTrue(
      fields(ours.body).some((field) => their.some((one) => one.includes(field))),
      JSON.stringify(ours.body)
    )
    return
  }
  if (theirs.status === 502 || theirs.status === 404 || theirs.status === 405 || theirs.status === 401) {
    assert.isString(ours.body.message, name)
    return
  }
  const shown = aligned(ours.body, theirs.body)
  for (const requirement of theirs.body.unsatisfied_requirements ?? []) {
    // What a YAML parser says is its own.
    if (String(requirement.details).startsWith("YAML Parser")) {
      requirement.details = shown.unsatisfied_requirements[0].details
    }
  }
  if (typeof theirs.body.message === "string" && /JSON object|node/.test(theirs.body.message)) return
  assert.deepStrictEqual(shown, theirs.body, name)
}

const decisions = RecordedCases.read("greenwave-cases")
const stores = RecordedCases.read("resultsdb-waiverdb-cases")

if (decisions === undefined || stores === undefined) {
  describe.skip(`recorded gates: ${RecordedCases.missing}`, () => it("is not run", () => {}))
} else {
  layer(Databases.any, { timeout: "60 seconds", excludeTestServices: true })("gates as recorded", (it) => {
    for (const one of decisions) {
      it.effect(`decision: ${one.title} (${one.id})`, () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* GatingServer.clear
          const forge = yield* GatingServer.forge(one.remote)
          const builds = one.koji.builds ?? {}
          const origins: BuildOrigins = {
            name: "http://koji.test/kojihub",
            find: (nvr) =>
              Effect.succeed(
                builds[nvr] === undefined ? undefined : {
                  source: builds[nvr].source ?? builds[nvr].extra?.source?.original_url,
                  builtAt: typeof builds[nvr].creation_time === "string"
                    ? Date.parse(`${builds[nvr].creation_time.replace(" ", "T")}Z`)
                    : undefined
                }
              )
          }
          const { ask, base } = yield* GatingServer.start({
            policies: Result.getOrThrow(PolicyFile.policies(one.policies.replaceAll("http://dist-git.test", forge))),
            subjectTypes: Result.getOrThrow(PolicyFile.subjectTypes(one.subject_types)),
            remoteRules: [`${forge}/{pkg_namespace}{pkg_name}/raw/{rev}/gating.yaml`]
          }, origins)
          for (const json of one.results_posted) {
            const { body, status } = yield* ask({ method: "POST", path: "/api/v2.0/results", json })
            assert.strictEqual(status, 201, JSON.stringify(body))
          }
          for (const waiver of one.waivers_posted) {
            const { body, status } = yield* ask({
              method: "POST",
              path: "/api/v1.0/waivers/",
              json: waiver.body,
              as: waiver.as
            })
            assert.strictEqual(status, 201, JSON.stringify(body))
            yield* sql`UPDATE gate_waiver SET made = coalesce(${waiver.at}::timestamp, '2026-01-02'::timestamp
              + id * interval '1 second') WHERE id = ${body.id}`
          }
          for (const { request, response } of one.exchanges) {
            for (const prefix of ["", "/greenwave"]) {
              const answer = yield* ask({ ...request, path: `${prefix}${request.path}` })
              const ours = { status: answer.status, body: settled(answer.body, base, forge) }
              if (prefix !== "") ours.body = settled(ours.body, "http://peer.test/resultsdb", forge)
              compare(`${request.method} ${prefix}${request.path}`, ours, {
                ...response,
                body: settled(response.body, base, forge)
              })
            }
          }
        }))
    }

    for (const one of stores) {
      it.effect(`store: ${one.title} (${one.id})`, () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* GatingServer.clear
          const { ask, base } = yield* GatingServer.start({ permissions, superusers: ["bodhi"] })
          for (const { request, response } of one.exchanges) {
            const asks = request.method === "GET" || request.path.includes("+")
            if (/wdb-(?:list|filtered|by-subjects)/.test(one.id) && asks) {
              yield* sql`UPDATE gate_waiver SET made = '2026-01-02'::timestamp + id * interval '1 second'`
            }
            const prefix = one.id.startsWith("rdb") ? "/resultsdb" : "/waiverdb"
            const answer = yield* ask({ ...request, path: `${prefix}${request.path}` })
            const body = settled(settled(answer.body, base, none), `http://peer.test${prefix}`, none)
            const theirs = { ...response, body: settled(response.body, base, none) }
            if (differences[one.id] !== undefined && (theirs.status === 300 || theirs.body.auth_method !== undefined)) {
              assert.strictEqual(answer.status, theirs.status)
              assert.deepStrictEqual(Object.keys(body).sort(), Object.keys(theirs.body).sort())
            } else if (theirs.body.auth_method !== undefined) assert.strictEqual(body.version, theirs.body.version)
            else compare(`${request.method} ${request.path}`, { status: answer.status, body }, theirs)
          }
        }))
    }
  })
}
