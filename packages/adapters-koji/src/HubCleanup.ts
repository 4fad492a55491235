/**
 * Removes what module builds left at a hub: targets nobody builds for any more, and the tags of builds nobody wants.
 *
 * Koji itself keeps everything for ever, and scanning all targets grows with it. Only names of ours are looked at (by prefix),
 * and whether a build is still wanted is the caller's word. History stays at the hub; a tag made again gets its old id.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { element, Tag, Target } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError, KojiFault } from "./KojiError.ts"
import * as KojiHub from "./KojiHub.ts"

export interface Options {
  /** What our tags begin with. */
  readonly prefixes?: ReadonlyArray<string> | undefined
  /** Whether the module build with this destination tag is still being built, and needs target and build tag. */
  readonly isActive: (tag: string) => boolean
  /** Whether the packages of the module build with this destination tag are still wanted. */
  readonly isWanted: (tag: string) => boolean
  /** Only says what would be removed. */
  readonly dryRun?: boolean | undefined
}

export interface Cleaned {
  readonly targets: ReadonlyArray<string>
  readonly tags: ReadonlyArray<string>
  /** What the hub refused to remove, and why. */
  readonly refused: ReadonlyArray<{ readonly name: string; readonly reason: string }>
}

const buildSuffix = "-build"

const look = Effect.fnUntraced(function*(hub: KojiHub.KojiHub, prefixes: ReadonlyArray<string>) {
  const [targets, ...tags] = yield* hub.readAll([
    KojiCall.make("getBuildTargets"),
    ...prefixes.map((prefix) => KojiCall.make("listTags", [], { pattern: `${prefix}*` }))
  ])
  const ours = (name: string) => prefixes.some((prefix) => name.startsWith(prefix))
  const names: Array<string> = []
  for (const answer of tags) {
    names.push(...(yield* element(Schema.Array(Tag), "listTags", answer)).map(({ name }) => name).filter(ours))
  }
  const found = yield* element(Schema.Array(Target), "getBuildTargets", targets)
  return { targets: found.filter((target) => ours(target.dest_tag_name)), tags: names }
})

/** Removes targets, then build tags, then destination tags; each failure is told and costs nothing else. */
export const sweep = (hub: KojiHub.KojiHub, options: Options): Effect.Effect<Cleaned, KojiError> => {
  const { dryRun, isActive, isWanted, prefixes = ["module-", "scrmod-"] } = options
  return KojiHub.converge(
    "cleanup",
    Effect.gen(function*() {
      const { tags, targets } = yield* look(hub, prefixes)
      const module = (tag: string) => tag.endsWith(buildSuffix) ? tag.slice(0, -buildSuffix.length) : tag
      const oldTargets = targets.filter((target) => !isActive(target.dest_tag_name)).map(({ name }) => name)
      const oldTags = tags.filter((tag) =>
        !isActive(module(tag)) && (tag.endsWith(buildSuffix) || !isWanted(module(tag)))
      ).sort((a, b) => Number(b.endsWith(buildSuffix)) - Number(a.endsWith(buildSuffix)))
      if (dryRun === true) return { targets: oldTargets, tags: oldTags, refused: [] }
      const calls = [
        ...oldTargets.map((name) => KojiCall.make("deleteBuildTarget", [name])),
        ...oldTags.map((name) => KojiCall.make("deleteTag", [name]))
      ]
      const answers = calls.length === 0 ? [] : yield* hub.writeAll(calls)
      const names = [...oldTargets, ...oldTags]
      const refused = answers.flatMap((answer, index) =>
        Result.isFailure(answer) ? [{ name: names[index] ?? "", reason: (answer.failure as KojiFault).message }] : []
      )
      const failed = new Set(refused.map(({ name }) => name))
      return {
        targets: oldTargets.filter((name) => !failed.has(name)),
        tags: oldTags.filter((name) => !failed.has(name)),
        refused
      }
    })
  )
}
