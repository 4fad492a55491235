/**
 * Removes what module builds left at a hub: targets nobody builds for any more, and the tags of builds nobody wants.
 *
 * Koji itself keeps everything for ever, and scanning all targets grows with it. A hub is shared: only names that begin like ours
 * are looked at, and of those only what the caller knows as a module build of its own that has ended. History stays at the
 * hub; a tag made again gets its old id.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { tagOf } from "./BuildrootNames.ts"
import { element, Tag, Target } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import * as KojiHub from "./KojiHub.ts"

/**
 * What may go of a module build, each with all before it:
 *
 * - `target`: it has ended, nobody builds for it.
 * - `build-tag`: nobody resumes it either.
 * - `tag`: nobody installs its packages.
 */
export type Leftover = "target" | "build-tag" | "tag"

/** What is looked at, and who says what may go. */
export interface Options<E = never, R = never> {
  /** What our tags begin with. */
  readonly prefixes?: ReadonlyArray<string> | undefined
  /** Of these destination tags, what may go; whatever is not answered for stays. */
  readonly judge: (tags: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, Leftover>, E, R>
  /** Whether tags are looked at, too, and not only targets. */
  readonly tags: boolean
  /** Only says what would be removed. */
  readonly dryRun?: boolean | undefined
}

/** What was removed, by name, and what could not be. */
export interface Cleaned {
  readonly targets: ReadonlyArray<string>
  readonly tags: ReadonlyArray<string>
  /** What the hub refused to remove, and why. */
  readonly refused: ReadonlyArray<{ readonly name: string; readonly reason: string }>
}

const buildSuffix = "-build"
const isOfPass = (tag: string): boolean => /-pass\d+-build$/.test(tag)

const look = Effect.fnUntraced(function*(
  hub: KojiHub.KojiHub,
  prefixes: ReadonlyArray<string>,
  withTags: boolean
) {
  const [targets, ...tags] = yield* hub.readAll([
    KojiCall.make("getBuildTargets"),
    ...(withTags ? prefixes.map((prefix) => KojiCall.make("listTags", [], { pattern: `${prefix}*` })) : [])
  ])
  const ours = (name: string) => prefixes.some((prefix) => name.startsWith(prefix))
  const names: Array<string> = []
  for (const answer of tags) {
    names.push(...(yield* element(Schema.Array(Tag), "listTags", answer)).map(({ name }) => name).filter(ours))
  }
  const found = yield* element(Schema.Array(Target), "getBuildTargets", targets)
  return { targets: found.filter((target) => ours(target.name) && ours(target.dest_tag_name)), tags: names }
})

const step = Effect.fnUntraced(function*<E, R>(hub: KojiHub.KojiHub, options: Options<E, R>) {
  const { prefixes = ["module-", "scrmod-"] } = options
  const { tags, targets } = yield* look(hub, prefixes, options.tags)
  const modules = [...new Set([...targets.map((target) => target.dest_tag_name), ...tags.map(tagOf)])]
  const verdicts = modules.length === 0 ? new Map<string, Leftover>() : yield* options.judge(modules)
  const oldTargets = targets.filter((target) => verdicts.has(target.dest_tag_name)).map(({ name }) => name)
  // Build tags go first, those of passes before the one they inherit: half a sweep then leaves what can be used.
  const oldTags = [
    ...tags.toSorted((a, b) => Number(isOfPass(b)) - Number(isOfPass(a))).filter((tag) =>
      tag.endsWith(buildSuffix) && ["build-tag", "tag"].includes(verdicts.get(tagOf(tag)) ?? "")
    ),
    ...tags.filter((tag) => !tag.endsWith(buildSuffix) && verdicts.get(tag) === "tag")
  ]
  const names = [...oldTargets, ...oldTags]
  if (options.dryRun === true || names.length === 0) return { targets: oldTargets, tags: oldTags, refused: [] }
  const answers = yield* hub.writeAll([
    ...oldTargets.map((name) => KojiCall.make("deleteBuildTarget", [name])),
    ...oldTags.map((name) => KojiCall.make("deleteTag", [name]))
  ])
  const refused = answers.flatMap((answer, index) =>
    Result.isFailure(answer) ? [{ name: names[index] ?? "", reason: answer.failure.message }] : []
  )
  const failed = new Set(refused.map(({ name }) => name))
  return {
    targets: oldTargets.filter((name) => !failed.has(name)),
    tags: oldTags.filter((name) => !failed.has(name)),
    refused
  }
})

/** Removes targets, then build tags, then destination tags; each failure is told and costs nothing else. */
export const sweep = <E = never, R = never>(
  hub: KojiHub.KojiHub,
  options: Options<E, R>
): Effect.Effect<Cleaned, KojiError | E, R> =>
  KojiHub.converge("cleanup", step(hub, options)) as Effect.Effect<Cleaned, KojiError | E, R>
