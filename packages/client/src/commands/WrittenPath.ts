/**
 * Paths on the command line that stay as they were written, because messages name files in the words of the caller and `-`
 * is standard input. Shells complete them as paths.
 */
import * as Param from "effect/cli/Param"
import * as Primitive from "effect/cli/Primitive"
import * as Effect from "effect/Effect"

const primitive = (): Primitive.Primitive<string> =>
  Object.assign(Primitive.Path("either"), { parse: (value: string) => Effect.succeed(value) })

/** An argument that is a file, or `-`; whether it is there is not looked at. */
export const argument = (name: string): Param.Param<typeof Param.argumentKind, string> =>
  Param.makeSingle({ kind: Param.argumentKind, name, primitiveType: primitive() })

/** A flag whose value is a file or directory; whether it is there is not looked at. */
export const flag = (name: string): Param.Param<typeof Param.flagKind, string> =>
  Param.makeSingle({ kind: Param.flagKind, name, primitiveType: primitive() })
