/**
 * What the contract suites of the ports share: a suite is a list of named promises, run on one instance of the layer.
 * A test that fails says which promise is broken, and what was seen instead.
 *
 * An implementation that cannot keep a promise says so with a reason, which is printed in the test's name; a skip that
 * names no test fails, so that reasons do not outlive what they excuse. Runs on `@effect/vitest`.
 */
import { assert, it, layer as shared } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

/** A test that an implementation cannot pass yet. The reason is printed. */
export interface Skip {
  /** The test's name, as the suite prints it. */
  readonly test: string
  readonly reason: string
}

/** What every suite needs to know of the implementation under test. */
export interface Options<R, E> {
  /** Built once for the whole suite; tests keep apart by using names of their own. */
  readonly layer: Layer.Layer<R, E>
  readonly skip?: ReadonlyArray<Skip>
  /** Milliseconds that one test may take; 60,000 unless told. */
  readonly timeout?: number
}

/** One promise. `unless` is the reason why it cannot be checked here, where there is one. */
export interface Check<R> {
  readonly name: string
  readonly check: Effect.Effect<unknown, unknown, R | Scope.Scope>
  readonly unless?: string | undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** What went wrong, with the operation and the reason where the port's own error says them. */
const words = (error: unknown): string => {
  if (!isObject(error)) return String(error)
  const { message, operation, reason } = error
  const said = typeof message === "string" && message !== "" ? message : JSON.stringify(error)
  return typeof operation === "string" && typeof reason === "string"
    ? `${operation} failed as ${reason}: ${said}`
    : said
}

/** A promise that an implementation does not keep: which, and what was seen instead. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise"
  /** What was expected and what was there, for the report, where the check compared something. */
  readonly expected: unknown
  readonly actual: unknown
  readonly showDiff: boolean

  constructor(promise: string, seen: unknown) {
    super(`this promise is broken: it ${promise}.\n${words(seen)}`, { cause: seen })
    const compared = isObject(seen) && "expected" in seen && "actual" in seen
    this.expected = compared ? seen["expected"] : undefined
    this.actual = compared ? seen["actual"] : undefined
    this.showDiff = compared
  }
}

/** The check, failing with `BrokenPromise` however it fails. */
export const told = <A, E, R>(promise: string, check: Effect.Effect<A, E, R>): Effect.Effect<A, BrokenPromise, R> =>
  Effect.catchCause(check, (cause) =>
    Cause.hasInterruptsOnly(cause)
      ? Effect.failCause(cause as Cause.Cause<never>)
      : Effect.fail(new BrokenPromise(promise, Cause.squash(cause))))

/** Registers a suite. Time is real, as the other side of a port lives in it. */
export const suite = <R, E>(name: string, options: Options<R, E>, promises: ReadonlyArray<Check<R>>): void => {
  const skips = options.skip ?? []
  const timeout = options.timeout ?? 60_000
  // What stands behind a layer, a database or a hub, may take its time to start.
  shared(options.layer, { excludeTestServices: true, timeout: Math.max(timeout, 180_000) })(name, (it) => {
    for (const { check, name, unless } of promises) {
      const reason = skips.find(({ test }) => test === name)?.reason ?? unless
      if (reason === undefined) it.effect(name, () => Effect.asVoid(told(name, check)), timeout)
      else it.skip(`${name} [skipped: ${reason}]`, () => {})
    }
  })
  const unknown = skips.filter(({ test }) => !promises.some(({ name }) => name === test))
  if (unknown.length > 0) {
    it(`${name}: every skip names a test`, () => {
      assert.deepStrictEqual(unknown.map(({ test }) => test), [])
    })
  }
}

let serial = 0
const run = Date.now().toString(36)

/** A name that no other test uses, in this run or another on the same system. */
export const unique = (what: string): string => `${what}-${run}-${++serial}`

/** A number that no other test uses, in this run or another on the same system; each is larger than the one before. */
export const uniqueNumber = (): number => (Math.floor(Date.now() / 1000) % 10_000_000) * 1000 + (++serial)
