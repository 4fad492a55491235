/**
 * A module of the operator's own that stands behind a port: a file that a setting names, whose default export is a layer, or
 * an object of async functions. What is wrong with it is told in words, before the server starts.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Path from "node:path"
import * as Url from "node:url"

/** The module cannot be loaded, or is not what the setting asks for. */
export class OwnModuleUnusable extends Schema.TaggedError<OwnModuleUnusable>()("OwnModuleUnusable", {
  /** The setting and its value, or the option of `serve`. */
  from: Schema.String,
  message: Schema.String,
  advice: Schema.String,
  cause: Schema.optional(Schema.Defect())
}) {}

/** Whether a setting's value names a file of the operator's, not something that the server has itself. */
export const isFile = (text: string): boolean => /^(?:\.{1,2}\/|\/|file:)/.test(text)

/** One port, and how it is made of plain functions. */
export interface Port<I, S> {
  readonly service: Context.Key<I, S>
  /** Where it is described. */
  readonly guide: string
  /** Says what is wrong with an object of functions; a layer of those that are right. */
  readonly ofFunctions: (object: Readonly<Record<string, unknown>>) => Result.Result<Layer.Layer<I>, string>
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const words = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause)

/** A layer of people's own may want what is not there, provide something else, or fail as it likes. */
const checked = <I, S>(
  { guide, service }: Port<I, S>,
  from: string,
  given: Layer.Layer<I, unknown>
): Layer.Layer<I, OwnModuleUnusable> => {
  const unusable = (message: string, cause?: unknown) =>
    new OwnModuleUnusable({ from, message: `${from}: ${message}`, advice: `See ${guide}.`, cause })
  return Layer.effectContext(Effect.gen(function*() {
    const context = yield* Layer.build(given).pipe(
      Effect.catchCause((cause) => {
        const error = Cause.squash(cause)
        return Effect.fail(unusable(`the layer cannot be built: ${words(error)}`, error))
      })
    )
    const found = Context.getOption(context as Context.Context<unknown>, service as Context.Key<unknown, S>)
    return found._tag === "Some"
      ? Context.make(service, found.value)
      : yield* Effect.fail(unusable(`the layer does not provide ${service.key}`))
  }))
}

/**
 * The port that a value stands for: a layer, or an object of async functions. The layer fails with `OwnModuleUnusable` for
 * anything else.
 */
export const layerOf = <I, S>(port: Port<I, S>, from: string, value: unknown): Layer.Layer<I, OwnModuleUnusable> => {
  if (Layer.isLayer(value)) return checked(port, from, value as Layer.Layer<I, unknown>)
  const made = isObject(value)
    ? port.ofFunctions(value)
    : Result.fail("it is neither a layer nor an object of async functions")
  if (Result.isSuccess(made)) return made.success
  const unusable = new OwnModuleUnusable({
    from,
    message: `${from}: ${made.failure}`,
    advice: `See ${port.guide}.`
  })
  return Layer.effectContext(Effect.fail(unusable))
}

/** The port that the default export of a file stands for; relative paths begin at the working directory. */
export const load = <I, S>(
  port: Port<I, S>,
  variable: string,
  file: string
): Layer.Layer<I, OwnModuleUnusable> => {
  const from = `${variable}=${file}`
  const url = file.startsWith("file:") ? file : Url.pathToFileURL(Path.resolve(file)).href
  return Layer.unwrap(
    Effect.tryPromise({
      try: () => import(url) as Promise<{ readonly default?: unknown }>,
      catch: (cause) =>
        new OwnModuleUnusable({
          from,
          message: `${from}: the module cannot be loaded: ${words(cause)}`,
          advice: `What it imports has to be installed beside it. See ${port.guide}.`,
          cause
        })
    }).pipe(Effect.map((module) =>
      module.default === undefined
        ? layerOf({ ...port, ofFunctions: () => Result.fail("the module has no default export") }, from, {})
        : layerOf(port, from, module.default)
    ))
  )
}
