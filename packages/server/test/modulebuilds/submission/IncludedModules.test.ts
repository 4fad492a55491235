/** How much a module may bring along by including others: refused before looking, whatever the shape of the tree. */
import { assert, describe, it } from "@effect/vitest"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import { SourceControl } from "@orch/core/ports/SourceControl"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import * as IncludedModules from "@orch/server/modulebuilds/submission/IncludedModules"
import * as Effect from "effect/Effect"

const commit = "c".repeat(40)

const text = (name: string, includes: ReadonlyArray<string>, rpms: number): string =>
  [
    "document: modulemd",
    "version: 2",
    "data:",
    `  name: ${name}`,
    "  stream: \"1\"",
    "  summary: T",
    "  description: T",
    "  license: {module: [MIT]}",
    "  components:",
    ...(rpms === 0 ? [] : ["    rpms:"]),
    ...Array.from({ length: rpms }, (_, index) => `      ${name}-${index}: {rationale: T}`),
    ...(includes.length === 0 ? [] : ["    modules:"]),
    ...includes.map((one) => `      ${one}: {rationale: T, ref: ${commit}}`),
    ""
  ].join("\n")

const stream = (document: string): ModuleStreamV2 => {
  const [found] = Modulemd.read(document).documents
  if (found?._tag !== "ModuleStreamV2") throw new Error("not a stream")
  return found
}

/** A tree of modules, `width` in each, `depth` levels below the top. */
const tree = (width: number, depth: number) => {
  const sources: Record<`memory:${string}`, MemorySourceControl.Repository> = {}
  const make = (name: string, level: number): void => {
    const includes = level === depth ? [] : Array.from({ length: width }, (_, index) => `${name}-m${index}`)
    sources[`memory:${name}`] = {
      head: "main",
      refs: { main: commit },
      commits: { [commit]: { time: 1, files: { [`${name}.yaml`]: text(name, includes, 1) } } }
    }
    for (const one of includes) make(one, level + 1)
  }
  make("top", 0)
  return sources
}

const fetch = (width: number, depth: number, bounds: Partial<IncludedModules.Bounds>) => {
  const sources = tree(width, depth)
  const top = stream(sources["memory:top"]!.commits[commit]!.files["top.yaml"]!)
  return Effect.gen(function*() {
    const scm = yield* SourceControl
    return yield* IncludedModules.fetch(scm, top, "memory:", undefined, {
      maxComponents: 1000,
      maxIncludedModules: 100,
      modulemdKilobytes: 1024,
      ...bounds
    })
  }).pipe(Effect.provide(MemorySourceControl.layer(sources)))
}

const count = (included: ReadonlyMap<string, { readonly included: ReadonlyMap<string, unknown> }>): number =>
  [...included.values()].reduce((sum, one) => sum + 1 + count(one.included as never), 0)

describe("the modules that a module includes", () => {
  it.effect("are all found, level by level", () =>
    Effect.map(fetch(3, 3, {}), (included) => assert.strictEqual(count(included), 3 + 9 + 27)))

  it.effect.each(
    [
      [6, 4, {}, "The module includes 1"],
      [101, 1, {}, "The module includes 101 modules"],
      [4, 2, { maxIncludedModules: 19 }, "The module includes 20 modules"],
      [1, 5, { maxComponents: 5 }, "The module has 6 packages"]
    ] as const
  )(
    "are refused when there are too many: %d wide, %d deep",
    ([width, depth, bounds, message]) =>
      Effect.gen(function*() {
        const refused = yield* Effect.flip(fetch(width, depth, bounds))
        assert.strictEqual(refused._tag, "SubmissionRefused")
        assert.include(refused.message, message)
      })
  )
})
