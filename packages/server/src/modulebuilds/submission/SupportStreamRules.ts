/** Reads which platform streams get a support stream, in the form the Module Build Service's configuration has. */
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import type { Rule } from "@orch/core/resolution/SupportStreams"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Rules = Schema.fromJsonString(
  Schema.Record(Schema.String, Schema.Tuple([Schema.String, Schema.String, Schema.NullOr(Schema.String)]))
)

const decode = Schema.decodeUnknownResult(Rules)

/** `{"el.+": [".z", "rhel-{x}-{y}.{z}", "rhel-{x}-{y}"]}`: suffix, release, and release of x.0.0 or `null`. */
export const parse = (text: string): Result.Result<ReadonlyArray<Rule>, { readonly message: string }> => {
  const read = decode(text)
  if (Result.isFailure(read)) {
    return Result.fail({ message: "is not a JSON object of [suffix, release, release of x.0.0 or null] by pattern" })
  }
  const rules = Object.entries(read.success).map(([pattern, [suffix, release, majorRelease]]): Rule => ({
    pattern,
    suffix,
    release,
    ...(majorRelease === null ? {} : { majorRelease })
  }))
  const wrong = rules.find(({ pattern }) => !ResolutionSettings.isPattern(pattern))
  return wrong === undefined
    ? Result.succeed(rules)
    : Result.fail({ message: `"${wrong.pattern}" is not a regular expression` })
}
