/** What a submission would come to, of the `/orch/v1` face: the same checks and plans, and nothing is stored. */
import { OrchApi } from "@orch/api"
import type { ModulePreview, PreviewedBuild } from "@orch/api/orch/PreviewApi"
import { askedFor, type ModulePlan, remarks } from "@orch/core/modulebuild/ModulePlan"
import type { Problem } from "@orch/core/modulemd/ModulemdProblem"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { whenAway } from "../../http/Failures.ts"
import * as LargeDocuments from "../documents/LargeDocuments.ts"
import { ExpectedTimes } from "../ExpectedTimes.ts"
import { type Previewed, Submission } from "../submission/Submission.ts"
import type { SubmissionRefused } from "../submission/SubmissionRefused.ts"
import * as SubmissionBody from "./SubmissionBody.ts"

/** Problems that are told one by one. */
const mostProblems = 400

type Shown = ModulePreview["problems"][number]

const odd = ({ code, column, hint, line, message, path, severity }: Problem): Shown => ({
  code,
  severity,
  message: path === "" ? message : `${path}: ${message}`,
  line,
  column,
  ...(hint === undefined ? {} : { hint })
})

const refusedView = (
  { hint, message, missing, problems, reason }: SubmissionRefused,
  text: string | undefined,
  doubts: ReadonlyArray<Shown>
): ModulePreview => {
  const more = missing === "name" ? "say it with \"name\"" : hint
  return {
    refused: { reason, message: more === undefined ? message : `${message}; ${more}` },
    problems: [...problems.map((one) => ({ ...one, severity: "error" as const })), ...doubts].slice(0, mostProblems),
    text: text ?? null,
    scmurl: null,
    builds: []
  }
}

/** The architectures of most builds are the same: what is usual is asked for once for all of them. */
const namesOf = (builds: ReadonlyArray<Previewed>): ReadonlyArray<string> => [
  ...new Set(builds.flatMap(({ plan }) => plan.components.map(({ name }) => name)))
]

const buildView = (
  { id, outcome, plan }: Previewed,
  usual: (name: string) => { readonly seconds: number } | undefined
): PreviewedBuild => {
  const said = remarks(plan)
  return {
    name: plan.name,
    stream: plan.stream,
    version: `${plan.version}`,
    context: plan.context,
    outcome,
    id: id ?? null,
    platform: plan.platform,
    arches: plan.arches,
    buildrequires: streamsOf(plan),
    remarks: said.get(undefined) ?? [],
    components: plan.components.map(({ after, batch, commit, name, placement, ref, repository }) => ({
      name,
      batch,
      placement,
      after,
      repository,
      ref: ref ?? null,
      commit: commit ?? null,
      seconds: usual(name)?.seconds ?? null,
      remarks: said.get(name) ?? []
    })).toSorted((a, b) => a.batch - b.batch)
  }
}

const streamsOf = (plan: ModulePlan): PreviewedBuild["buildrequires"] =>
  Object.fromEntries(Object.entries(askedFor(plan)).map(([name, { stream }]) => [name, stream]))

export const layer = HttpApiBuilder.group(
  OrchApi,
  "previews",
  Effect.fn(function*(handlers) {
    const submission = yield* Submission
    const times = yield* ExpectedTimes
    return handlers.handleAll({
      moduleBuild: ({ payload }) =>
        Effect.gen(function*() {
          const request = yield* SubmissionBody.request(payload, yield* SubmissionBody.actor(payload.owner))
          const sent = request.source._tag === "Text" ? request.source.text : undefined
          return yield* submission.preview(request).pipe(
            Effect.flatMap(({ builds, source }) =>
              Effect.gen(function*() {
                const usual = yield* times.usual(namesOf(builds), builds[0]?.plan.arches ?? [])
                const doubts = yield* LargeDocuments.remarks(source.text)
                return {
                  refused: null,
                  problems: doubts.map(odd),
                  text: source.text,
                  scmurl: source.scmurl ?? null,
                  builds: builds.map((one) => buildView(one, usual))
                } satisfies ModulePreview
              })
            ),
            Effect.catchTag("SubmissionRefused", (refused) =>
              Effect.map(
                sent === undefined ? Effect.succeed([]) : LargeDocuments.remarks(sent),
                (doubts) => refusedView(refused, sent, doubts.map(odd))
              ))
          )
        }).pipe(whenAway)
    })
  })
)
