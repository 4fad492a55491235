/** Tags imported modules where composes look for them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { element, elementOr, Tag, TaggedBuild, User } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import { firstFault } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"

/** An imported build: of the module, or of its complement. */
export interface ImportedBuild {
  /** Its package. */
  readonly name: string
  readonly nvr: string
}

/** What is missing in the tag that builds are to be in; no calls where it has them. */
export interface Missing {
  readonly tag: string
  readonly calls: ReadonlyArray<KojiCall.KojiCall>
}

/** What has to be asked, under the login, to find out what is missing. */
export const questions = (
  tags: ReadonlyArray<string>,
  builds: ReadonlyArray<ImportedBuild>
): ReadonlyArray<KojiCall.KojiCall> => [
  KojiCall.make("getLoggedInUser"),
  ...tags.flatMap((tag) => [
    KojiCall.make("getTag", [tag]),
    ...builds.flatMap(({ name }) => [
      KojiCall.make("checkTagPackage", [tag, name]),
      KojiCall.make("listTagged", [tag], { package: name, inherit: false })
    ])
  ])
]

/** What is missing in the first of the tags that exists, from the answers to the questions; `undefined` where none does. */
export const missing = Effect.fnUntraced(function*(
  tags: ReadonlyArray<string>,
  builds: ReadonlyArray<ImportedBuild>,
  [user, ...answers]: ReadonlyArray<KojiHub.Answer>
) {
  const owner = (yield* element(Schema.NullOr(User), "getLoggedInUser", user))?.name ?? null
  const each = 1 + 2 * builds.length
  for (const [index, tag] of tags.entries()) {
    const [there, ...ofTag] = answers.slice(index * each, (index + 1) * each)
    if ((yield* elementOr(Schema.NullOr(Tag), "getTag", there, null)) === null) continue
    const calls: Array<KojiCall.KojiCall> = []
    for (const [at, { name, nvr }] of builds.entries()) {
      const listed = yield* element(Schema.Boolean, "checkTagPackage", ofTag[2 * at])
      const rows = yield* element(Schema.Array(TaggedBuild), "listTagged", ofTag[2 * at + 1])
      // What the tag's package list does not have is not seen in it, neither by composes nor by the next look.
      if (!listed) calls.push(KojiCall.make("packageListAdd", [tag, name], { owner }))
      if (!rows.some((row) => row.nvr === nvr)) calls.push(KojiCall.make("tagBuildBypass", [tag, nvr]))
    }
    return { tag, calls } satisfies Missing
  }
  return undefined
})

/**
 * Tags the builds in the first of the tags that exists; answers the tag, or nothing where none does. Safe to repeat.
 *
 * @param known what was missing a moment ago: it is written without another look, and looked at only where that fails.
 */
export const run = (
  hub: KojiHub.KojiHub,
  tags: ReadonlyArray<string>,
  builds: ReadonlyArray<ImportedBuild>,
  known: Missing | undefined
): Effect.Effect<string | undefined, KojiError> => {
  let before = known
  return KojiHub.converge(
    "tagBuildBypass",
    Effect.gen(function*() {
      if (before !== undefined) {
        const { calls, tag } = before
        before = undefined
        if (calls.length === 0 || firstFault(yield* hub.writeAll(calls)) === undefined) return tag
      }
      const found = yield* missing(tags, builds, yield* hub.readAsUser(questions(tags, builds)))
      if (found === undefined) return undefined
      const fault = found.calls.length === 0 ? undefined : firstFault(yield* hub.writeAll(found.calls))
      return fault === undefined ? found.tag : yield* Effect.fail(fault)
    })
  )
}
