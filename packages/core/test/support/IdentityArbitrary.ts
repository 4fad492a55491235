/** Generators for names, versions and revisions as they occur in real metadata and beyond. */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

const text = (pattern: RegExp, maxLength: number) =>
  Arbitrary.schema(Schema.String.check(Schema.isPattern(pattern), Schema.isMinLength(1), Schema.isMaxLength(maxLength)))

export const packageName = text(/^[a-z][a-z0-9+._-]*$/, 12).pipe(
  Arbitrary.filter((name) => !name.endsWith("-"))
)
export const streamName = text(/^[a-zA-Z0-9._-]+$/, 8)
export const context = text(/^[0-9a-f]+$/, 8)
/** Few different characters, so that equal prefixes and near misses are common. */
export const version = text(/^[01ab.~^_]+$/, 6)
export const arch = Arbitrary.schema(Schema.Literals(["x86_64", "i686", "noarch", "aarch64", "src"]))
export const epoch = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff_ffff })))
export const moduleVersion = Arbitrary.schema(
  Schema.BigInt.check(Schema.isBetweenBigInt({ minimum: 0n, maximum: 2n ** 64n - 1n }))
)

export const nsvc = Arbitrary.all({ name: packageName, stream: streamName, version: moduleVersion, context })
export const evr = Arbitrary.all({ epoch, version, release: version })
export const nevra = Arbitrary.all({ name: packageName, epoch, version, release: version, arch })
