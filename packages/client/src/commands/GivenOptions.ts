/** Options that may be left out: how they are declared, and what of them was given. */
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"

/** A flag with a text that may be left out. */
export const optional = (name: string, about: string) =>
  Flag.String(name).pipe(Flag.withDescription(about), Flag.optional)

/** What was given, under the same names; what was left out is not there. */
export const given = <const T extends Readonly<Record<string, Option.Option<unknown>>>>(
  options: T
): { readonly [K in keyof T]?: T[K] extends Option.Option<infer A> ? A : never } =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => Option.isSome(value) ? [[name, value.value]] : [])
  ) as { readonly [K in keyof T]?: T[K] extends Option.Option<infer A> ? A : never }
