/** Hands components of a module build to the farm, and says what came of it as an event. */
import * as Effect from "effect/Effect"
import type { Buildroot } from "../../farm/Buildroot.ts"
import type { ComponentRequest, ComponentSource } from "../../farm/Task.ts"
import { key as buildKey, type ModuleBuild, planOf, urgency as urgencyOf } from "../../modulebuild/ModuleBuild.ts"
import type { BuildSystemError, Interface as BuildSystem, Submission, SubmitOptions } from "../../ports/BuildSystem.ts"

/** A component that is to be submitted, and which attempt of it. */
export interface Wanted {
  readonly name: string
  readonly attempt: number
}

/** The event without its time. */
export interface Submitted {
  readonly _tag: "ComponentsSubmitted"
  readonly submissions: ReadonlyArray<
    & { readonly component: string; readonly attempt: number }
    & (
      | { readonly task: Extract<Submission, { readonly _tag: "Accepted" }>["task"] }
      | { readonly rejected: string }
    )
  >
}

/**
 * Submits components in one call, and returns the farm's answers, a component each. Every component must be one of the
 * build's and have its commit or source package. Fails with `BuildSystemError` where none was submitted.
 */
export const submit = (
  farm: BuildSystem,
  build: ModuleBuild,
  buildroot: Buildroot,
  wanted: ReadonlyArray<Wanted>,
  options?: SubmitOptions
): Effect.Effect<Submitted, BuildSystemError> => {
  const named = new Set(build.plan.components.flatMap(({ after }) => after))
  const requests = wanted.map(({ name }) => requestOf(build, name, named.has(name)))
  return Effect.map(farm.submit(buildroot, requests, options), (answers) => ({
    _tag: "ComponentsSubmitted",
    submissions: answers.map((answer, index) => submissionOf(wanted[index]!, answer))
  }))
}

const sourceOf = (build: ModuleBuild, name: string): ComponentSource => {
  const plan = planOf(build, name)!
  return plan.srpm !== undefined
    ? { _tag: "Srpm", location: plan.srpm }
    : { _tag: "Git", repository: plan.repository, commit: build.components.get(name)!.commit! }
}

const requestOf = (build: ModuleBuild, name: string, isAwaited: boolean): ComponentRequest => {
  const plan = planOf(build, name)!
  const component = build.components.get(name)!
  const urgency = urgencyOf(build)
  return {
    key: `${buildKey(build.id)}/${name}/${component.attempt}`,
    component: name,
    source: sourceOf(build, name),
    arches: plan.arches,
    priority: plan.priority,
    ...(urgency === 0 ? {} : { urgency }),
    buildOnly: plan.buildOnly,
    ...(plan.pass === undefined ? {} : { pass: plan.pass }),
    ...(isAwaited ? { isAwaited } : {})
  }
}

const submissionOf = (wanted: { readonly name: string; readonly attempt: number }, answer: Submission) => ({
  component: wanted.name,
  attempt: wanted.attempt,
  ...(answer._tag === "Accepted" ? { task: answer.task } : { rejected: answer.reason })
})
