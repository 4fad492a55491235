/** The same document through all faces: the same contexts, or the same refusal in the words and codes of each. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { built, document } from "../../mbs/MbsServer.ts"
import * as SpecFile from "../../support/SpecFile.ts"
import * as FacesServer from "./FacesServer.ts"
import * as GeneratedDocuments from "./GeneratedDocuments.ts"

const prefix = "https://git.example.org"
const branch = "1"
const faces = ["rida", "orch", "mbs"] as const
type Face = (typeof faces)[number]

const commitName = (index: number): string => index.toString(16).padStart(40, "0")

/** A repository in which each text is a commit of its own, a second after the one before. */
const repository = (path: string, texts: ReadonlyArray<string | Uint8Array>): ReadonlyMap<string, FacesServer.Commit> =>
  new Map(texts.map((text, index) => [commitName(index), {
    time: 1_700_000_000 + index,
    path,
    bytes: typeof text === "string" ? Buffer.from(text) : text
  }]))

interface Outcome {
  readonly status: number
  readonly message?: string
  readonly contexts?: ReadonlyArray<string>
}

/** Elements of dependencies may lead to the same build, which is then answered for each. */
const distinct = (builds: ReadonlyArray<{ readonly context: string }>): ReadonlyArray<string> =>
  [...new Set(builds.map(({ context }) => context))].sort()

/** Codes of a refusal: what breaks a rule is a bad request to the Module Build Service, and not processable elsewhere. */
const alike: Readonly<Record<number, ReadonlyArray<number>>> = { 400: [400, 422], 403: [403], 422: [422] }

const documents = GeneratedDocuments.make(200, 20_271_124)

/** Every document three times in its repository, one commit for each face. */
const submitted = (name: GeneratedDocuments.Generated["repository"]) =>
  documents.filter((one) => one.repository === name).flatMap(({ bytes }) => faces.map(() => bytes))

const imported = [["1", "el8"], ["1", "el9"], ["2", "el9"]].map(([stream, on]) =>
  built("librarian", stream!, on!, { context: `c0ffee${on}`, ref: "" })
)

const included = (name: string, more: ReadonlyArray<string> = []) =>
  document({ components: [`${name}-own: {rationale: Test, ref: main}`], more })

const sources: FacesServer.Sources = new Map([
  ["modules/sample", repository("sample.yaml", submitted("sample"))],
  ["modules/platform", repository("platform.yaml", submitted("platform"))],
  ["modules/librarian", repository("librarian.yaml", imported)],
  ["modules/part", repository("part.yaml", [included("part")])],
  [
    "modules/deep",
    repository("deep.yaml", [included("deep", ["    modules:", "      part: {rationale: Test, ref: main}"])])
  ],
  ...["lib", "tool", "part-own", "deep-own"].map((name) =>
    [`rpms/${name}`, repository(`${name}.spec`, [SpecFile.make(name)])] as const
  )
].map(([path, commits]) => [`${prefix}/${path}`, commits as ReadonlyMap<string, FacesServer.Commit>]))

describe("the faces", () => {
  it.live("take and refuse the same 200 documents", () =>
    Effect.gen(function*() {
      const url = yield* FacesServer.start(sources, prefix, {
        ORCH_IMPORT_GROUPS: "packager",
        ORCH_PLATFORMS: "el8,el9,f41",
        ORCH_RPMS_REPOSITORY: `${prefix}/rpms/`,
        ORCH_MODULES_REPOSITORY: `${prefix}/modules/`
      })
      const call = (method: string, path: string, body?: unknown) =>
        Effect.promise(async () => {
          const response = await fetch(`${url}${path}`, {
            method,
            ...(body === undefined ? {} : { body: JSON.stringify(body) })
          })
          return { status: response.status, body: await response.json() as any }
        })
      for (const index of imported.keys()) {
        const scmurl = `${prefix}/modules/librarian?#${commitName(index)}`
        const { body, status } = yield* call("POST", "/module-build-service/1/import-module/", { scmurl })
        assert.strictEqual(status, 201, JSON.stringify(body))
      }

      /** Of a submission that answers its first build only: nobody else submits meanwhile. */
      const contextsFrom = Effect.fnUntraced(function*(first: number) {
        const { body } = yield* call("GET", "/orch/v1/module-builds/?limit=20")
        const builds = body.items as ReadonlyArray<{ readonly id: number; readonly context: string }>
        return distinct(builds.filter(({ id }) => id >= first))
      })

      const submit = Effect.fnUntraced(function*(face: Face, scmurl: string) {
        const { body, status } = face === "mbs"
          ? yield* call("POST", "/module-build-service/2/module-builds/", { scmurl, branch })
          : face === "orch"
          ? yield* call("POST", "/orch/v1/module-builds/", { scmurl, branch })
          : yield* call("POST", "/rida/module-builds/", { scmurl })
        if (status !== 201) return { status, message: body.message as string } satisfies Outcome
        return { status, contexts: face === "rida" ? yield* contextsFrom(body.id) : distinct(body) } satisfies Outcome
      })

      const tally = { accepted: 0, refused: 0 }
      const kinds = new Map<string, Set<number>>()
      const places = new Map<string, number>()
      for (const one of documents) {
        const place = places.get(one.repository) ?? 0
        places.set(one.repository, place + 1)
        const outcomes: Array<Outcome> = []
        for (const [index, face] of faces.entries()) {
          const commit = commitName(place * faces.length + index)
          outcomes.push(yield* submit(face, `${prefix}/modules/${one.repository}?#${commit}`))
        }
        const [rida, orch, mbs] = outcomes as [Outcome, Outcome, Outcome]
        const shown = `${one.kind}: ${JSON.stringify(outcomes)}\n${one.bytes.toString()}`
        kinds.set(one.kind, (kinds.get(one.kind) ?? new Set()).add(mbs.status))
        if (mbs.contexts !== undefined) {
          tally.accepted++
          assert.deepStrictEqual([rida.contexts, orch.contexts], [mbs.contexts, mbs.contexts], shown)
          assert.isNotEmpty(mbs.contexts, shown)
        } else {
          tally.refused++
          assert.deepStrictEqual(rida, orch, shown)
          assert.include(alike[mbs.status] ?? [], rida.status, shown)
          assert.isTrue(rida.message!.startsWith(mbs.message!), shown)
        }
      }
      // The generator is worth something only as long as it makes both.
      assert.isAbove(tally.accepted, 70)
      assert.isAbove(tally.refused, 70)
      for (const kind of ["a reserved name", "the reserved key", "a version", "static contexts, wrong"]) {
        assert.deepStrictEqual([...kinds.get(kind)!].filter((status) => status === 201), [], kind)
      }
      for (const kind of ["packager, version 3", "static contexts", "its own context", "an included module"]) {
        assert.isTrue(kinds.get(kind)!.has(201), kind)
      }
    }).pipe(Effect.scoped), 240_000)
})
