/**
 * The life of one request to sign the packages of a build with one key.
 *
 * A signer takes it for a time; what it brings back is believed only when it fits: every package, none besides, signed with the very key.
 */
import * as Schema from "effect/Schema"
import * as LifeParts from "../life/LifeParts.ts"

/** The key that packages are signed with. */
export const SigningKey = Schema.Struct({
  id: Schema.Number,
  /** The last 16 hexadecimal digits of the fingerprint. */
  keyId: Schema.String,
  /** 40 hexadecimal digits. */
  fingerprint: Schema.String
})
export interface SigningKey extends Schema.Schema.Type<typeof SigningKey> {}

/** A package to be signed. */
export const UnsignedPackage = Schema.Struct({
  /** Number toward signers. */
  id: Schema.Number,
  /** File name. */
  name: Schema.String,
  arch: Schema.String,
  /** The storage's own name of it. */
  href: Schema.String,
  url: Schema.String
})
export interface UnsignedPackage extends Schema.Schema.Type<typeof UnsignedPackage> {}

/** What is to be signed, fixed when it was asked for. */
export const SigningPlan = Schema.Struct({
  /** Number of the package build. */
  build: Schema.Number,
  by: Schema.String,
  key: SigningKey,
  packages: Schema.Array(UnsignedPackage),
  /** How often it is handed to a signer. */
  tries: Schema.Number
})
export interface SigningPlan extends Schema.Schema.Type<typeof SigningPlan> {}

/** `idle`: a signer may take it. `signing`: one has it. `importing`: its packages are being taken in. */
export const SigningState = Schema.Literals(["idle", "signing", "importing", "completed", "failed"])
export type SigningState = typeof SigningState.Type

/** The part that changes and does not grow with the number of packages. */
export const Progress = Schema.Struct({
  state: SigningState,
  reason: Schema.String,
  signer: Schema.optionalKey(Schema.String),
  /** How often it was handed out. */
  tries: Schema.Number,
  logHref: Schema.optionalKey(Schema.String),
  stats: Schema.optionalKey(Schema.Json),
  createdAt: Schema.Number,
  modifiedAt: Schema.Number,
  startedAt: Schema.optionalKey(Schema.Number),
  finishedAt: Schema.optionalKey(Schema.Number)
})
export interface Progress extends Schema.Schema.Type<typeof Progress> {}

/** What became of one package. */
export const SignedPackage = Schema.Struct({
  name: Schema.String,
  /** The signed file's name in the storage; absent until it is signed. */
  href: Schema.optionalKey(Schema.String),
  sha256: Schema.optionalKey(Schema.String)
})
export interface SignedPackage extends Schema.Schema.Type<typeof SignedPackage> {}

/** One request to sign a build, with what became of it. */
export interface Signing extends Progress {
  readonly id: number
  readonly plan: SigningPlan
  /** By file name, in the order of the plan. */
  readonly packages: ReadonlyMap<string, SignedPackage>
}

/** A request before its first event: nobody has taken it. */
export const unborn = (id: number, plan: SigningPlan): Signing =>
  assemble(id, plan, { state: "idle", reason: "", tries: 0, createdAt: 0, modifiedAt: 0 }, [])

/** Puts a request together from its stored parts. */
export const assemble = (
  id: number,
  plan: SigningPlan,
  progress: Progress,
  packages: ReadonlyArray<SignedPackage>
): Signing => ({
  ...progress,
  id,
  plan,
  packages: LifeParts.byName<SignedPackage>(plan.packages.map(({ name }) => ({ name })), packages)
})

/** One package as a signer brings it back. */
export interface Brought {
  readonly id: number
  readonly name: string
  readonly fingerprint: string | undefined
  readonly href: string
  readonly sha256: string | undefined
}

/** Everything that does not fit in what a signer brings, a sentence each; empty when all is as it should be. */
export const problems = (plan: SigningPlan, brought: ReadonlyArray<Brought>): ReadonlyArray<string> => {
  const said: Array<string> = []
  const missing = new Map(plan.packages.map((one) => [one.id, one]))
  const wanted = new Map(missing)
  for (const { fingerprint, href, id, name, sha256 } of brought) {
    const known = wanted.get(id)
    if (known === undefined) {
      said.push(`${name} is none of the packages that were to be signed`)
      continue
    }
    if (!missing.delete(id)) said.push(`${known.name} is brought twice`)
    if (known.name !== name) said.push(`${known.name} is brought under the name ${name}`)
    if (fingerprint?.toLowerCase() !== plan.key.fingerprint.toLowerCase()) {
      said.push(
        fingerprint === undefined
          ? `${known.name} is brought without the fingerprint of its key`
          : `${known.name} is signed with ${fingerprint}, not with ${plan.key.fingerprint}`
      )
    }
    if (sha256 === undefined || !/^[0-9a-f]{64}$/i.test(sha256)) {
      said.push(`${known.name} is brought without its SHA-256`)
    }
    if (href === known.href) said.push(`${known.name} is the file that was to be signed`)
  }
  for (const { name } of missing.values()) said.push(`${name} is not brought`)
  return said
}
