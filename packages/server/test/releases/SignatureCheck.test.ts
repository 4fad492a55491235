/** Which packages count as signed: real keys, real signatures, files that were changed. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SigningKey from "../../../adapters-pulp/test/SigningKey.ts"
import * as PackageHeaders from "../../src/releases/PackageHeaders.ts"
import * as SignatureCheck from "../../src/releases/SignatureCheck.ts"
import * as FaceServer from "../albs/FaceServer.ts"
import * as TestRepository from "../scm/TestRepository.ts"

const packages = FaceServer.makePackages(["one", "two", "three", "four"])
const missing = packages === undefined ? "no rpmbuild" : SigningKey.missing

describe.skipIf(missing !== undefined)(`signatures${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  it.live(
    "count when a key of the platform made them and the file is as it was",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const root = TestRepository.temporary()
        yield* Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(root, { recursive: true, force: true })))
        const file = (name: string) => Path.join(root, name, `${name}.rpm`)
        for (const name of ["one", "two", "three", "four"]) {
          Fs.mkdirSync(Path.join(root, name))
          Fs.writeFileSync(file(name), packages!.get(`${name}-1.0-1.noarch.rpm`)!)
        }
        const [own, other] = [SigningKey.make(), SigningKey.make()]
        own.sign([file("one"), file("two")])
        other.sign([file("three")])
        // The last bytes are of the payload.
        const changed = Fs.readFileSync(file("two"))
        changed[changed.length - 20]! ^= 1
        Fs.writeFileSync(file("two"), changed)
        const all = ["one", "two", "three", "four"].map(file)
        const verify = (...keys: ReadonlyArray<SigningKey.SigningKey>) =>
          Effect.map(
            SignatureCheck.verified(root, all, keys.map((key) => Fs.readFileSync(key.file, "utf8"))),
            (good) => [...good].map((path) => Path.basename(path, ".rpm")).toSorted()
          )
        assert.deepStrictEqual(yield* verify(own), ["one"])
        assert.deepStrictEqual(yield* verify(other), ["three"])
        assert.deepStrictEqual(yield* verify(own, other), ["one", "three"])

        const headers = yield* PackageHeaders.read(root, all)
        assert.deepStrictEqual(headers.map(({ nevra, source, sourceFile }) => [nevra, source, sourceFile]), [
          ["one-0:1.0-1.noarch", "one", "one-1.0-1.src.rpm"],
          ["two-0:1.0-1.noarch", "two", "two-1.0-1.src.rpm"],
          ["three-0:1.0-1.noarch", "three", "three-1.0-1.src.rpm"],
          ["four-0:1.0-1.noarch", "four", "four-1.0-1.src.rpm"]
        ])
        assert.deepStrictEqual(headers.map(({ keyId }) => keyId), [
          own.fingerprint.slice(-16),
          own.fingerprint.slice(-16),
          other.fingerprint.slice(-16),
          undefined
        ])
        const wrong = yield* Effect.flip(SignatureCheck.verified(root, all, ["no key"]))
        assert.match(wrong.message, /a public key of the platform cannot be read/)
        assert.isFalse(wrong.isRetryable)
      })),
    120_000
  )
})
