/** Fills a database: rows first, then what follows from them, then indexes, then what a server counts once it has that many. */
import * as Effect from "effect/Effect"
import * as MbsPlaces from "../../src/mbs/MbsPlaces.ts"
import * as FillBuilds from "./FillBuilds.ts"
import * as FillFaces from "./FillFaces.ts"
import * as FillRepositories from "./FillRepositories.ts"
import * as FillWork from "./FillWork.ts"
import * as SampleBuilds from "./SampleBuilds.ts"

export interface Size {
  readonly builds: number
  readonly repositories: number
}

/** Fills an empty database, and says how far it is. */
export const fill = Effect.fnUntraced(function*(url: string, { builds, repositories }: Size) {
  const began = performance.now()
  const say = (text: string) => console.log(`  ${((performance.now() - began) / 1000).toFixed(0)} s: ${text}`)
  const samples = yield* SampleBuilds.make(url)
  say("samples")
  const hasRepositories = repositories > 0
  yield* Effect.gen(function*() {
    const indexes = yield* FillWork.dropIndexes
    yield* FillBuilds.begin
    yield* FillWork.together([
      ...(hasRepositories ? [FillRepositories.rows(repositories)] : []),
      ...FillBuilds.rows(builds, samples),
      ...FillFaces.rows(builds)
    ])
    say("rows")
    yield* FillWork.statement("ANALYZE")
    yield* FillWork.together([...FillBuilds.written(builds), ...FillFaces.following])
    yield* FillBuilds.end
    say("what follows from them")
    yield* FillWork.makeIndexes(indexes)
    say(`${indexes.length} indexes`)
    yield* FillWork.statement("ANALYZE")
    yield* FillWork.together([
      // As a server does once it has that many.
      MbsPlaces.count(),
      ...(hasRepositories ? [FillRepositories.coverage(repositories)] : [])
    ])
    say("places")
    yield* FillWork.vacuum
    say("vacuumed")
  }).pipe(Effect.provide(FillWork.client(url)))
})
