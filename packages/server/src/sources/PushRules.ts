/**
 * What is built when somebody pushes: rules of the operator, from a file.
 *
 * A rule names repositories and branches or tags by patterns in which `*` stands for anything, and what to build for which platforms. Every
 * rule that fits builds.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Yaml from "yaml"
import type { Push } from "./PushEvent.ts"

const pattern = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(255))

/** One rule. */
export const PushRule = Schema.Struct({
  /** Tells its builds apart from those of other rules; its place in the file without it. */
  name: Schema.optionalKey(pattern),
  repository: pattern,
  branch: Schema.optionalKey(pattern),
  tag: Schema.optionalKey(pattern),
  /** Only messages of this topic of the message broker: `modified` or `unmodified`. */
  topic: Schema.optionalKey(Schema.Literals(["modified", "unmodified"])),
  platforms: Schema.Array(Schema.Struct({ name: pattern, arches: Schema.Array(pattern).check(Schema.isMinLength(1)) }))
    .check(Schema.isMinLength(1)),
  linked_builds: Schema.optionalKey(Schema.Array(Schema.Int)),
  product: Schema.optionalKey(Schema.Int),
  /** Whose the builds are; of whoever the listener is without it. */
  owner: Schema.optionalKey(pattern)
})
export interface PushRule extends Schema.Schema.Type<typeof PushRule> {}

const Rules = Schema.Struct({ rules: Schema.Array(PushRule).check(Schema.isMaxLength(1000)) })

/** What is wrong with a file. */
export interface InvalidRules {
  readonly message: string
}

/** Reads a file of rules, YAML or JSON: `rules:` and a list. */
export const parse = (text: string): Result.Result<ReadonlyArray<PushRule>, InvalidRules> => {
  let given: unknown
  try {
    given = Yaml.parse(text, { maxAliasCount: 0 })
  } catch (error) {
    return Result.fail({ message: error instanceof Error ? error.message : String(error) })
  }
  return Result.mapBoth(
    Schema.decodeUnknownResult(Rules, { onExcessProperty: "error", errors: "all" })(given),
    { onSuccess: ({ rules }) => rules, onFailure: ({ message }) => ({ message }) }
  )
}

const fits = (wanted: string, text: string): boolean =>
  new RegExp(`^${wanted.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")).join(".*")}$`).test(text)

/** Whether a rule is about this push. A rule that names neither branch nor tag is about branches. */
export const matches = (rule: PushRule, push: Push, topic: PushRule["topic"]): boolean => {
  if (rule.topic !== undefined && rule.topic !== topic) return false
  if (!fits(rule.repository, push.repository)) return false
  const wanted = push.kind === "tag" ? rule.tag : rule.branch ?? (rule.tag === undefined ? "*" : undefined)
  return wanted !== undefined && fits(wanted, push.name)
}

/** What tells the builds of a rule apart. */
export const nameOf = (rules: ReadonlyArray<PushRule>, rule: PushRule): string =>
  rule.name ?? `${rules.indexOf(rule) + 1}`
