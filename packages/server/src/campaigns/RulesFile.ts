/** The operator's file of rules for campaigns; a wrong one keeps the server from starting, with what is wrong and where. */
import { CampaignRules, none } from "@orch/core/campaign/CampaignRules"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Yaml from "yaml"

/** The file cannot be read, or says what is not understood. */
export class RulesFileUnusable extends Data.TaggedError("RulesFileUnusable")<{ readonly message: string }> {}

const decode = Schema.decodeUnknownResult(CampaignRules, { onExcessProperty: "error", errors: "all" })

const said = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** Reads rules, YAML or JSON; fails with a sentence. */
export const parse = (text: string): Result.Result<CampaignRules, string> => {
  const given = Result.try({ try: (): unknown => Yaml.parse(text, { maxAliasCount: 0 }), catch: said })
  return Result.flatMap(given, (value) => Result.mapError(decode(value), ({ message }) => message))
}

/** The rules of the file; none where no file is named. */
export const read = (path: string | undefined): Effect.Effect<CampaignRules, RulesFileUnusable> => {
  if (path === undefined) return Effect.succeed(none)
  const text = Result.try({ try: () => Fs.readFileSync(path, "utf8"), catch: said })
  return Effect.fromResult(
    Result.mapError(
      Result.flatMap(text, parse),
      (message) => new RulesFileUnusable({ message: `ORCH_CAMPAIGN_RULES: ${path}: ${message}` })
    )
  )
}
