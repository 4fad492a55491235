/** Generators that choose among values, and among generators. */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

/** One of the values. */
export const oneOf = <const A>(...values: readonly [A, ...Array<A>]): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(
    Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: values.length - 1 }))),
    (index) => values[index]!
  )

/** What one of the generators makes. */
export const anyOf = <A>(
  ...generators: readonly [Arbitrary.Arbitrary<A>, ...Array<Arbitrary.Arbitrary<A>>]
): Arbitrary.Arbitrary<A> => Arbitrary.flatMap(oneOf(...generators), (generator) => generator)
