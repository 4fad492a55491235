/** What is computed of large documents, in a thread of its own: `LargeDocuments` says when and why. */
import * as BuiltDocument from "@orch/core/modulebuild/BuiltDocument"
import * as ModulePlanning from "@orch/core/modulebuild/ModulePlanning"
import * as DependencyLines from "@orch/core/modulemd/DependencyLines"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModulemdDocument } from "@orch/core/modulemd/ModulemdDocument"
import type { Problem as ModulemdProblem } from "@orch/core/modulemd/ModulemdProblem"
import * as Result from "effect/Result"
import { parentPort } from "node:worker_threads"

/** Errors of a text that are told one by one. */
const mostErrors = 200

/** Components named in `buildafter` by all of a document; real ones have two or three for each component. */
const mostRelations = 100_000

const nowhere = {
  code: "size-limit",
  severity: "error",
  document: 0,
  path: "data.components.rpms",
  line: 1,
  column: 1,
  excerpt: ""
} as const

const relationsOf = (document: ModulemdDocument): number => {
  if (!("components" in document)) return 0
  let relations = 0
  for (const component of document.components.rpms.values()) {
    relations += "buildafter" in component ? component.buildafter.length : 0
  }
  return relations
}

/** The first two documents of a text, the first of its errors, and how many there are. */
export interface Read {
  readonly documents: ReadonlyArray<ModulemdDocument>
  readonly errors: ReadonlyArray<ModulemdProblem>
  readonly count: number
}

/** A plan, or why there is none. */
export type Planned =
  | { readonly plan: Result.Result.Success<ReturnType<typeof ModulePlanning.plan>> }
  | { readonly problem: string }

/** What can be asked for; all of it pure, so that it does not matter where it is computed. */
export const questions = {
  read: (text: string): Read => {
    const { documents, problems } = Modulemd.read(text, { profile: "source" })
    const errors = problems.filter(({ severity }) => severity === "error")
    const relations = documents.slice(0, 2).reduce((sum, one) => sum + relationsOf(one), 0)
    // Handing them over would take as long as ordering them.
    if (relations > mostRelations) {
      const message = `the components name ${relations} others in buildafter; at most ${mostRelations} are ordered`
      return { documents: [], errors: [{ ...nowhere, message }], count: 1 }
    }
    return { documents: documents.slice(0, 2), errors: errors.slice(0, mostErrors), count: errors.length }
  },
  /** What is odd in a text and does not refuse it. */
  remarks: (text: string): ReadonlyArray<ModulemdProblem> =>
    Modulemd.read(text, { profile: "source" }).problems.filter(({ severity }) => severity !== "error").slice(
      0,
      mostErrors
    ),
  lines: (text: string) => DependencyLines.read(text),
  plan: (request: ModulePlanning.Request): Planned => {
    const planned = ModulePlanning.plan(request)
    return Result.isSuccess(planned) ? { plan: planned.success } : { problem: planned.failure.message }
  },
  withRefs: ({ refs, text }: { readonly text: string; readonly refs: BuiltDocument.Refs }) =>
    BuiltDocument.withRefs(text, refs)
}

export type Questions = typeof questions

/** A question on its way to the thread. */
export interface Asked {
  readonly id: number
  readonly question: keyof Questions
  readonly value: unknown
}

/** Its answer, or the message of an error. */
export type Answered = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: string })

parentPort?.on("message", ({ id, question, value }: Asked) => {
  try {
    parentPort?.postMessage({ id, answer: questions[question](value as never) } satisfies Answered)
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies Answered)
  }
})
