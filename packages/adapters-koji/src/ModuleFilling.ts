/**
 * Looks once at all that there is of a module that is to be published, and puts into its tag what is not there: one look and one
 * write, whose answers serve the import and the tagging that follow.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BuildAdmission from "./BuildAdmission.ts"
import { Build, elementOr, User } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError, ResultLost } from "./KojiError.ts"
import { firstFault } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"
import * as ModuleImport from "./ModuleImport.ts"
import * as ModulePackages from "./ModulePackages.ts"
import * as ModuleTagging from "./ModuleTagging.ts"
import * as ModuleUpload from "./ModuleUpload.ts"

/** What is to be published, and as what. */
export interface Filling {
  readonly subject: ModuleImport.Subject
  /** What has to be in the module's tag. */
  readonly nvrs: ReadonlyArray<string>
  readonly owner: string
  /** Whether it is the complement, for each build that is to be imported; none where modules are not imported. */
  readonly variants: ReadonlyArray<boolean>
  /** Where imported modules are tagged; the first that exists. */
  readonly tags: ReadonlyArray<string>
}

/** What a module's tag holds once it is filled, and what is to be done yet. */
export interface Filled {
  /** Variants that are not imported. */
  readonly missing: ReadonlyArray<boolean>
  readonly owner: User | null
  /** Everything in the module's tag; empty where nothing is to be imported. */
  readonly packages: ReadonlyArray<ModulePackages.ModulePackage>
  /** What is missing where modules are tagged, as far as that is clear yet. */
  readonly untaggedModules: ModuleTagging.Missing | undefined
}

/** The builds that variants of a module are imported as. */
export const buildsOf = (
  subject: ModuleImport.Subject,
  variants: ReadonlyArray<boolean>
): ReadonlyArray<ModuleTagging.ImportedBuild> =>
  variants.map((devel) => ({
    name: devel ? `${subject.name}-devel` : subject.name,
    nvr: ModuleImport.nvr(subject, devel)
  }))

/** What there is of the module already: in its tag, imported, and tagged where composes look. */
const look = Effect.fnUntraced(function*(
  hub: KojiHub.KojiHub,
  { nvrs, owner, subject, tags, variants }: Filling
) {
  const builds = buildsOf(subject, variants)
  const into = nvrs.length === 0 ? [] : [ModuleImport.contentTag(subject)]
  const calls = [
    ...into.map(BuildAdmission.listTagged),
    ...(variants.length === 0 ? [] : [
      KojiCall.make("getUser", [owner]),
      ...builds.map(({ nvr }) => KojiCall.make("getBuild", [nvr]))
    ])
  ]
  const asked = variants.length === 0 || tags.length === 0 ? [] : ModuleTagging.questions(tags, builds)
  const ask = asked.length === 0 ? hub.readAll : hub.readAsUser
  const answers = calls.length === 0 ? [] : yield* ask([...calls, ...asked])
  const [user, ...imported] = answers.slice(into.length)
  const missing: Array<boolean> = []
  for (const [index, devel] of variants.entries()) {
    const build = yield* elementOr(Schema.NullOr(Build), "getBuild", imported[index], null)
    if (build?.state !== ModuleUpload.complete) missing.push(devel)
  }
  return {
    untagged: yield* BuildAdmission.untagged(into, nvrs, answers),
    missing,
    owner: variants.length === 0 ? null : yield* elementOr(Schema.NullOr(User), "getUser", user, null),
    // What is not clear yet is looked at again when modules are tagged.
    untaggedModules: asked.length === 0
      ? undefined
      : yield* Effect.orElseSucceed(
        ModuleTagging.missing(tags, builds, answers.slice(calls.length)),
        () => undefined
      )
  }
})

/** Tags what is missing in the module's own tag, and reads what an import has to name. Safe to repeat. */
export const fill = (hub: KojiHub.KojiHub, filling: Filling): Effect.Effect<Filled, KojiError> => {
  const round = Effect.fnUntraced(function*(left: number): Effect.fn.Return<Filled, KojiError | ResultLost> {
    const { untagged, ...seen } = yield* look(hub, filling)
    const lists = seen.missing.length === 0
      ? []
      : [ModulePackages.listing(ModuleImport.contentTag(filling.subject))]
    const calls = [...untagged, ...lists]
    const answers = calls.length === 0 ? [] : yield* (untagged.length === 0 ? hub.readAll : hub.writeAll)(calls)
    const fault = firstFault(answers.slice(0, untagged.length))
    // Somebody else may have tagged it in between; looking again tells.
    if (fault !== undefined) return left === 0 ? yield* Effect.fail(fault) : yield* round(left - 1)
    return { ...seen, packages: lists.length === 0 ? [] : yield* ModulePackages.decoded(answers.at(-1)) }
  })
  return KojiHub.converge("tag", round(2))
}
