/**
 * Static contexts: the packager names each build and its one stream per module, instead of having streams expanded.
 *
 * Written under `xmd.mbs_options.contexts` as `{ name: { buildrequires: { module: stream }, requires: … } }`.
 */
import * as Result from "effect/Result"
import type * as Dependencies from "./ModuleDependencies.ts"
import * as ResolutionError from "./ResolutionError.ts"

/** One build that the packager names. */
export interface StaticContext {
  readonly context: string
  /** One stream for each module. */
  readonly dependencies: Dependencies.Dependencies
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const entriesOf = (value: unknown): ReadonlyArray<readonly [string, unknown]> =>
  value instanceof Map ? Array.from(value) : isMapping(value) ? Object.entries(value) : []

/** The name Python gives the type, which is how the original words its complaint. */
const typeName = (value: unknown): string => {
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float"
  if (typeof value === "boolean") return "bool"
  return Array.isArray(value) ? "list" : "dict"
}

const invalid = (message: string, subject: string) =>
  Result.fail(ResolutionError.make("StaticContextInvalid", message, [subject]))

const section = (
  value: unknown,
  kind: "buildrequires" | "requires",
  context: string
): Result.Result<Dependencies.Streams, ResolutionError.ResolutionError> => {
  const streams: Record<string, ReadonlyArray<string>> = {}
  for (const [module, stream] of entriesOf(value)) {
    if (stream === "" || stream === null || stream === undefined || stream === false || stream === 0) {
      return invalid(
        `The '${module}' module in '${kind}' of the '${context}' static context has no stream defined.`,
        context
      )
    }
    if (typeof stream !== "string") {
      return invalid(
        `The module '${module}' in '${kind}' of the '${context}' static context is of type '${typeName(stream)}' `
          + "should be 'str' type.",
        context
      )
    }
    if (stream.startsWith("-")) {
      return invalid(
        `The '${stream}' stream of module '${module}' in '${kind}' of the '${context}' static contexts is using `
          + "stream expansion. Usage of stream expansion with static context is forbidden.",
        context
      )
    }
    streams[module] = [stream]
  }
  return Result.succeed(streams)
}

/**
 * Reads the contexts of a module, in the order written; at least one.
 *
 * Fails with the reason `StaticContextInvalid` where a context lacks a section or names no single stream, and where
 * there is none.
 *
 * @param contexts what stands under `xmd.mbs_options.contexts`, as plain values or maps.
 */
export const parse = (
  contexts: unknown
): Result.Result<ReadonlyArray<StaticContext>, ResolutionError.ResolutionError> => {
  if (!(contexts instanceof Map) && !isMapping(contexts)) {
    return invalid("The value of the 'contexts' property needs to be a dict.", "contexts")
  }
  const found: Array<StaticContext> = []
  for (const [context, value] of entriesOf(contexts)) {
    const keys = new Map(entriesOf(value))
    if (!keys.has("buildrequires")) {
      return invalid(`The context '${context}' is missing the 'buildrequires' key!`, context)
    }
    if (!keys.has("requires")) return invalid(`The context '${context}' is missing the 'requires' key!`, context)
    const buildrequires = section(keys.get("buildrequires"), "buildrequires", context)
    if (Result.isFailure(buildrequires)) return Result.fail(buildrequires.failure)
    const requires = section(keys.get("requires"), "requires", context)
    if (Result.isFailure(requires)) return Result.fail(requires.failure)
    found.push({ context, dependencies: { buildrequires: buildrequires.success, requires: requires.success } })
  }
  if (found.length > 0) return Result.succeed(found)
  return invalid("The 'xmd' property of the modulemd yaml file does not contain the 'contexts' key.", "contexts")
}
