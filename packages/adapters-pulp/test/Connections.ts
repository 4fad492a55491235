/** Connections of the adapter to a Pulp, for tests that need more than the port. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as PulpConnection from "../src/PulpConnection.ts"
import * as PulpTransport from "../src/PulpTransport.ts"
import * as FakePulp from "../src/testing/FakePulp.ts"

export interface Where {
  readonly url: string
  readonly username: string
  readonly password: string
  /** Milliseconds between looks at tasks, where they are as short as those of the fake. */
  readonly pollMillis?: number
}

/** What a host or a connection to this Pulp is made with. */
export const settings = ({ password, pollMillis = 100, url, username }: Where): PulpConnection.Settings => ({
  url,
  tasks: { pollMillis: { shortest: pollMillis, longest: 2000 } },
  credentials: { _tag: "Password", username, password: Redacted.make(password) }
})

/** A connection that ends with the scope. */
export const connect = (
  where: Where,
  more: Partial<PulpConnection.Settings> = {}
): Effect.Effect<PulpConnection.PulpConnection, never, Scope.Scope> =>
  Effect.provide(PulpConnection.make({ ...settings(where), ...more }), PulpTransport.layer())

/** A fake Pulp of the test's own and a connection to it. */
export const withFake = <A, E>(
  use: (connection: PulpConnection.PulpConnection, pulp: FakePulp.FakePulp) => Effect.Effect<A, E, Scope.Scope>,
  { fake = {}, more = {} }: { readonly fake?: FakePulp.Options; readonly more?: Partial<PulpConnection.Settings> } = {}
): Effect.Effect<A, E> =>
  Effect.scoped(Effect.gen(function*() {
    const pulp = yield* Effect.acquireRelease(
      Effect.promise(() => FakePulp.start(fake)),
      ({ close }) => Effect.promise(close)
    )
    return yield* use(yield* connect(pulp, more), pulp)
  }))
