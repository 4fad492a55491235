/**
 * What a module build waits for, one thing after the other, as data: what is under way now, what follows it, and what each sentence
 * speaks of. `Explanation` says the same in sentences alone.
 */
import * as Delays from "../farm/Delays.ts"
import * as Waiting from "../farm/Waiting.ts"
import * as NameList from "../NameList.ts"
import * as Component from "./ComponentBuild.ts"
import * as Handover from "./Handover.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"

/** Something that a sentence speaks of. */
export type Reference =
  | { readonly _tag: "Component"; readonly component: string }
  | { readonly _tag: "Task"; readonly component: string; readonly task: string }
  | { readonly _tag: "Log"; readonly component: string; readonly attempt: number }
  | { readonly _tag: "System"; readonly system: string }
  | { readonly _tag: "Repository"; readonly request: string | undefined }
  | { readonly _tag: "Build"; readonly build: number }

/** Kinds of waiting, in about the order in which they come. */
export const kinds = [
  "system",
  "sources",
  "buildroot",
  "submission",
  "builder",
  "build",
  "repository",
  "batch",
  "publication",
  "gate",
  "person"
] as const
/** One kind of waiting. */
export type Kind = (typeof kinds)[number]

/** One thing that has to happen. */
export interface Wait {
  readonly kind: Kind
  /** Whether it is waited for now, or comes after what is. */
  readonly when: "now" | "then"
  readonly sentence: string
  /** Some of what it is about; of many components the first twenty. */
  readonly references: ReadonlyArray<Reference>
  /** Components that wait for a builder or a slot; whose place in the queue is to be told. */
  readonly queued: ReadonlyArray<string>
}

/** References that one sentence has at most. */
const shown = 20

/** Everything that has to happen, what is waited for now first; nothing of a build to which nothing more happens. */
export const of = (build: ModuleBuild, away: ReadonlyArray<Waiting.Waiting> = []): ReadonlyArray<Wait> => [
  ...delayed(build, away),
  ...now(build),
  ...then(build)
]

const wait = (
  kind: Kind,
  sentence: string,
  references: ReadonlyArray<Reference> = [],
  queued: ReadonlyArray<string> = []
): Wait => ({ kind, when: "now", sentence, references: references.slice(0, shown), queued })

const later = (kind: Kind, sentence: string, references: ReadonlyArray<Reference> = []): Wait => ({
  ...wait(kind, sentence, references),
  when: "then"
})

const isUnderWay = ({ state }: ModuleBuild): boolean => state === "wait" || state === "build"

const delayed = (build: ModuleBuild, away: ReadonlyArray<Waiting.Waiting>): ReadonlyArray<Wait> => {
  const told: ReadonlyArray<Waiting.Waiting> = (build.delays?.waits ?? []).filter(
    ({ command }) => isUnderWay(build) || !Delays.isQuestion(command)
  )
  const others = isUnderWay(build) ? away.filter(({ on }) => told.every((one) => one.on !== on)) : []
  const systems = new Map([...told, ...others].map((one) => [Waiting.describe(one), one]))
  return [...systems].map(([text, { on }]) => wait("system", `It is ${text}.`, [{ _tag: "System", system: on }]))
}

const now = (build: ModuleBuild): ReadonlyArray<Wait> => {
  const owned = Handover.waitsFor(build)
  if (owned !== undefined) return [wait("build", owned)]
  switch (build.state) {
    case "init":
      return [wait("sources", "The references of its components have to be resolved to commits.")]
    case "wait":
      return [
        wait(
          "buildroot",
          build.buildroot?.waiting === undefined
            ? "The build system has to prepare the buildroot."
            : `The build system is ${Waiting.describe(build.buildroot.waiting)}.`,
          build.repository === undefined ? [] : [{ _tag: "Repository", request: build.repository.request?.id }]
        )
      ]
    case "build":
      return building(build)
    case "done":
      return build.plan.scratch ? [] : [wait("gate", `The gate has to let it pass: ${build.reason}.`)]
    case "failed":
      return [wait("person", `Somebody has to resume it: ${build.reason}`, lost(build))]
    case "ready":
    case "garbage":
      return []
  }
}

/** Of what failed, the component and its log. */
const lost = (build: ModuleBuild): ReadonlyArray<Reference> =>
  [...build.components.values()].filter(({ state }) => state === "failed").flatMap((one): ReadonlyArray<Reference> => [
    { _tag: "Component", component: one.name },
    ...(one.log === undefined ? [] : [{ _tag: "Log" as const, component: one.name, attempt: one.attempt }])
  ])

const referenceOf = ({ name, task }: Component.ComponentBuild): Reference =>
  task === undefined ? { _tag: "Component", component: name } : { _tag: "Task", component: name, task }

const building = (build: ModuleBuild): ReadonlyArray<Wait> => {
  const all = [...build.components.values()]
  const some = (
    kind: Kind,
    found: ReadonlyArray<Component.ComponentBuild>,
    sentence: (names: string) => string,
    isQueued: boolean
  ): ReadonlyArray<Wait> => {
    const names = found.map(({ name }) => name)
    return names.length === 0
      ? []
      : [wait(kind, sentence(NameList.shorten(names)), found.map(referenceOf), isQueued ? names : [])]
  }
  return [
    ...some(
      "submission",
      all.filter(({ state }) => state === "submitting"),
      (names) => `The build system has to accept ${names}.`,
      true
    ),
    ...some(
      "builder",
      all.filter(({ open, state }) => state === "building" && !open),
      (names) => `A builder has to take ${names}.`,
      true
    ),
    ...some(
      "build",
      all.filter(({ open, state }) => state === "building" && open),
      (names) => `${names} must finish building.`,
      false
    ),
    ...(build.repository === undefined || build.repository.components.length === 0 ? [] : [
      wait(
        "repository",
        `The buildroot's repository has to be generated with ${NameList.shorten(build.repository.components)}.`,
        [{ _tag: "Repository", request: build.repository.request?.id }]
      )
    ]),
    ...(build.publishing ? [wait("publication", "The module's repository has to be published.")] : [])
  ]
}

/** What comes after that, batch by batch where there are few. */
const then = (build: ModuleBuild): ReadonlyArray<Wait> => {
  if (build.state !== "init" && build.state !== "wait" && build.state !== "build") return []
  if (build.plan.ownedBy !== undefined) return build.plan.scratch ? [] : [later("gate", "The gate is asked.")]
  const batches = new Map<number, Array<string>>()
  for (const { batch, name } of build.plan.components) {
    if (build.components.get(name)?.state !== "waiting") continue
    const names = batches.get(batch)
    if (names === undefined) batches.set(batch, [name])
    else names.push(name)
  }
  const sorted = [...batches].toSorted(([a], [b]) => a - b)
  const [first, ...rest] = sorted
  const others = rest.reduce((sum, [, names]) => sum + names.length, 0)
  return [
    ...(first === undefined ? [] : [
      later(
        "batch",
        `${NameList.shorten(first[1])} of batch ${first[0]} ${first[1].length === 1 ? "is" : "are"} built.`,
        first[1].map((component) => ({ _tag: "Component", component }))
      )
    ]),
    ...(others === 0 ? [] : [
      later(
        "batch",
        `${others} more ${others === 1 ? "component" : "components"} of ${rest.length === 1 ? "batch" : "batches"} ${
          NameList.shorten(rest.map(([batch]) => `${batch}`))
        } ${others === 1 ? "is" : "are"} built.`
      )
    ]),
    ...(build.publishing ? [] : [later("publication", "The module's repository is published.")]),
    ...(build.plan.scratch ? [] : [later("gate", "The gate is asked.")])
  ]
}
