import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as ArtifactHref from "../../src/artifacts/ArtifactHref.ts"
import * as ArtifactStore from "../../src/artifacts/ArtifactStore.ts"

const temporary = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-artifacts-"))),
  (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true }))
)
const store = Effect.map(temporary, (dataDir) => ArtifactStore.make({ dataDir, maxBytes: 1000 }))
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const text = Buffer.from("a package")

describe("an upload", () => {
  const part = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })))
  it.effect.prop("gives the file whatever the order and repetition of its parts", [
    Arbitrary.array(part, { maxLength: 20 })
  ], ([order]) =>
    Effect.gen(function*() {
      const artifacts = yield* store
      const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => index))
      const { id } = yield* artifacts.begin(100)
      for (const index of [...order, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
        yield* artifacts.write(id, index * 10, bytes.subarray(index * 10, index * 10 + 10))
      }
      const made = yield* artifacts.commit(id, sha256(bytes).toUpperCase())
      assert.deepStrictEqual(Fs.readFileSync(made.path), bytes)
      assert.deepStrictEqual(yield* artifacts.commit(id, sha256(bytes)), made, "a lost answer is given again")
      assert.deepStrictEqual(yield* artifacts.find(sha256(bytes)), made)
    }).pipe(Effect.scoped))

  const refused = <A>(
    what: string,
    reason: ArtifactStore.UploadRefused["reason"],
    attempt: (artifacts: ArtifactStore.Interface) => Effect.Effect<A, ArtifactStore.UploadRefused>
  ) =>
    it.effect(`is refused: ${what}`, () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* Effect.flip(attempt(yield* store))).reason, reason)
      }).pipe(Effect.scoped))
  refused("larger than is allowed", "size", (artifacts) => artifacts.begin(1001))
  refused("of no size", "size", (artifacts) => artifacts.begin(Number.NaN))
  refused(
    "a part behind its end",
    "size",
    (artifacts) => Effect.flatMap(artifacts.begin(4), ({ id }) => artifacts.write(id, 0, text))
  )
  refused("nobody began it", "unknown", (artifacts) => artifacts.write("../../etc/passwd", 0, text))
  refused(
    "parts are missing",
    "incomplete",
    (artifacts) => Effect.flatMap(artifacts.begin(20), ({ id }) => artifacts.commit(id, sha256(text)))
  )
  refused("it is another file", "checksum", (artifacts) =>
    Effect.gen(function*() {
      const { id } = yield* artifacts.begin(text.length)
      yield* artifacts.write(id, 0, text)
      return yield* artifacts.commit(id, "0".repeat(64))
    }))

  it.effect("says where whoever was interrupted goes on", () =>
    Effect.gen(function*() {
      const artifacts = yield* store
      const { id } = yield* artifacts.begin(text.length)
      assert.deepStrictEqual(yield* artifacts.progress(id), { id, size: text.length, written: 0 })
      yield* artifacts.write(id, 0, text.subarray(0, 3))
      const { written } = yield* artifacts.progress(id)
      assert.strictEqual(written, 3)
      yield* artifacts.write(id, written, text.subarray(written))
      assert.deepStrictEqual((yield* artifacts.commit(id, sha256(text))).size, text.length)
      assert.strictEqual((yield* Effect.flip(artifacts.progress(id))).reason, "unknown")
    }).pipe(Effect.scoped))

  it.effect("is its beginner's alone", () =>
    Effect.gen(function*() {
      const artifacts = yield* store
      const { id } = yield* artifacts.begin(text.length, "node1")
      const others: ReadonlyArray<Effect.Effect<unknown, ArtifactStore.UploadRefused>> = [
        artifacts.progress(id, "node2"),
        artifacts.write(id, 0, text, "node2"),
        artifacts.commit(id, sha256(text), "node2"),
        artifacts.progress(id)
      ]
      for (const attempt of others) assert.strictEqual((yield* Effect.flip(attempt)).reason, "unknown")
      yield* artifacts.write(id, 0, text, "node1")
      yield* artifacts.commit(id, sha256(text), "node1")
    }).pipe(Effect.scoped))

  it.effect("is forgotten when nobody goes on with it", () =>
    Effect.gen(function*() {
      const artifacts = yield* store
      const { id } = yield* artifacts.begin(4)
      assert.strictEqual(yield* artifacts.tidy(0), 0)
      assert.strictEqual(yield* artifacts.tidy(Number.MAX_SAFE_INTEGER), 1)
      assert.strictEqual((yield* Effect.flip(artifacts.write(id, 0, text))).reason, "unknown")
    }).pipe(Effect.scoped))
})

describe("names of artifacts", () => {
  const sum = "ab".repeat(32)
  it("hold the checksum", () => {
    assert.strictEqual(ArtifactHref.parse(ArtifactHref.artifact(sum)), sum)
    assert.strictEqual(ArtifactHref.parse(`http://pulp:8080${ArtifactHref.artifact(sum)}`), sum)
    for (
      const other of [
        "",
        "/pulp/api/v3/artifacts/../x/",
        `/pulp/api/v3/uploads/${sum}/`,
        `${ArtifactHref.artifact(sum)}x`
      ]
    ) {
      assert.isUndefined(ArtifactHref.parse(other))
    }
  })
})
