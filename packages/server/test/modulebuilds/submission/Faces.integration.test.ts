/** The same document through all faces: the same contexts, or the same refusal in the words and codes of each. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as ChildProcess from "node:child_process"
import * as Path from "node:path"
import * as MbsServer from "../../mbs/MbsServer.ts"
import * as TestRepository from "../../scm/TestRepository.ts"
import * as SpecFile from "../../support/SpecFile.ts"
import * as GeneratedDocuments from "./GeneratedDocuments.ts"

const branch = "1"
const faces = ["rida", "orch", "mbs"] as const
type Face = (typeof faces)[number]

/** One commit for each text, a second after the other, on one branch; answers the commits in order. */
const commitAll = (directory: string, file: string, texts: ReadonlyArray<Buffer>): ReadonlyArray<string> => {
  const repository = TestRepository.make(directory)
  const parts = texts.flatMap((text, index) => [
    Buffer.from(
      `commit refs/heads/${branch}\ncommitter Test <test@example.org> ${1_700_000_000 + index} +0000\ndata 0\n`
        + `M 100644 inline ${file}\ndata ${text.length}\n`
    ),
    text,
    Buffer.from("\n")
  ])
  ChildProcess.execFileSync("git", ["-C", directory, "fast-import", "--quiet"], { input: Buffer.concat(parts) })
  return repository.git("rev-list", "--reverse", branch).split("\n")
}

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

/** Has a package built that does not end by itself; it ends with the scope. */
const holdSlot = Effect.fnUntraced(function*(server: Effect.Success<ReturnType<typeof MbsServer.start>>) {
  const spec = SpecFile.make("holder", { build: "sleep 900" })
  TestRepository.make(Path.join(server.git, "rpms", "holder")).commit({ "holder.spec": spec })
  const { scmurl } = server.module(
    "holder",
    branch,
    MbsServer.document({ buildrequires: "platform: [el9]", components: ["holder: {rationale: Test}"] })
  )
  const { body, status } = yield* server.call("POST", "/rida/module-builds/", { scmurl })
  assert.strictEqual(status, 201, JSON.stringify(body))
  yield* Effect.addFinalizer(() => server.call("POST", `/orch/v1/module-builds/${body.id}/cancel`))
  yield* server.call("GET", `/rida/module-builds/${body.id}`).pipe(
    Effect.repeat({ until: ({ body }) => ["build", "failed"].includes(body.state), schedule: Schedule.spaced(100) })
  )
})

describe("the faces", () => {
  it.live("take and refuse the same 200 documents", () =>
    Effect.gen(function*() {
      const server = yield* MbsServer.start({
        ORCH_IMPORT_GROUPS: "packager",
        ORCH_COMMAND_WORKERS: "1",
        ORCH_PLATFORMS: "el8,el9,f41",
        // What is built does not matter here: one package holds the only slot, and all others wait for it.
        ORCH_LIMIT_TOTAL: "1",
        ORCH_BUILD_TIMEOUT: "900"
      })
      for (const name of ["lib", "tool"]) {
        const repository = TestRepository.make(Path.join(server.git, "rpms", name))
        repository.commit({ [`${name}.spec`]: `Name: ${name}\n` })
        repository.git("branch", "master")
      }
      yield* holdSlot(server)
      for (
        const [name, more] of [["part", []], ["deep", [
          "    modules:",
          "      part: {rationale: Test, ref: main}"
        ]]] as const
      ) {
        server.module(
          name,
          "main",
          MbsServer.document({ components: [`${name}-own: {rationale: Test, ref: main}`], more })
        )
        TestRepository.make(Path.join(server.git, "rpms", `${name}-own`)).commit({ [`${name}-own.spec`]: "Name: x\n" })
      }
      for (const [stream, on] of [["1", "el8"], ["1", "el9"], ["2", "el9"]] as const) {
        const context = `c0ffee${on === "el8" ? "08" : "09"}`
        const { body, status } = yield* server.import(MbsServer.built("librarian", stream, on, { context, ref: "" }))
        assert.strictEqual(status, 201, JSON.stringify(body))
      }

      const documents = GeneratedDocuments.make(200, 20_271_124)
      const commits = new Map<GeneratedDocuments.Generated, ReadonlyArray<string>>()
      for (const repository of ["sample", "platform"] as const) {
        const own = documents.filter((one) => one.repository === repository)
        const all = commitAll(
          Path.join(server.git, "modules", repository),
          `${repository}.yaml`,
          own.flatMap(({ bytes }) => faces.map(() => bytes))
        )
        own.forEach((one, index) => commits.set(one, all.slice(index * faces.length, (index + 1) * faces.length)))
      }

      /** Of a submission that answers its first build only: nobody else submits meanwhile. */
      const contextsFrom = Effect.fnUntraced(function*(first: number) {
        const { body } = yield* server.call("GET", "/orch/v1/module-builds/?limit=20")
        const builds = body.items as ReadonlyArray<{ readonly id: number; readonly context: string }>
        return distinct(builds.filter(({ id }) => id >= first))
      })

      const submit = Effect.fnUntraced(function*(face: Face, scmurl: string) {
        const { body, status } = face === "mbs"
          ? yield* server.submit({ scmurl, branch })
          : face === "orch"
          ? yield* server.call("POST", "/orch/v1/module-builds/", { scmurl, branch })
          : yield* server.call("POST", "/rida/module-builds/", { scmurl })
        if (status !== 201) return { status, message: body.message as string } satisfies Outcome
        const contexts = face === "rida"
          ? yield* contextsFrom(body.id)
          : distinct(body)
        return { status, contexts } satisfies Outcome
      })

      const tally = { accepted: 0, refused: 0 }
      const kinds = new Map<string, Set<number>>()
      for (const document of documents) {
        const through = (face: Face) => {
          const commit = commits.get(document)![faces.indexOf(face)]!
          return submit(face, `file://${server.git}/modules/${document.repository}?#${commit}`)
        }
        const rida = yield* through("rida")
        const [orch, mbs] = yield* Effect.all([through("orch"), through("mbs")], { concurrency: 2 })
        const outcomes = [rida, orch, mbs]
        const shown = `${document.kind}: ${JSON.stringify(outcomes)}\n${document.bytes.toString()}`
        kinds.set(document.kind, (kinds.get(document.kind) ?? new Set()).add(mbs.status))
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
    }).pipe(Effect.scoped), 600_000)
})
