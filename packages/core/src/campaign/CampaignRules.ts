/**
 * What a push begins by itself, and which modules follow a change: rules of the operator, as data.
 *
 * The first rule of a push that fits counts. Patterns are names in which `*` stands for anything.
 */
import * as Schema from "effect/Schema"
import type { Trigger } from "../rebuild/Impact.ts"
import { OnFailure } from "./CampaignPlan.ts"

const pattern = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(255))
const seconds = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 604_800 }))

/** Which pushes begin campaigns, and how. */
export const PushRule = Schema.Struct({
  /** Changes of one rule are gathered; its place in the file without it. */
  name: Schema.optionalKey(pattern),
  /** Namespace and name, such as `rpms/*`. */
  repository: pattern,
  /** Any without it. */
  branch: Schema.optionalKey(pattern),
  /** Whose the campaigns are; `campaigns` without it. */
  owner: Schema.optionalKey(pattern),
  /** A campaign begins when so many seconds went by without another push; 60 without it. */
  quiet: Schema.optionalKey(seconds),
  /** At the latest so many seconds after the first push; 900 without it. */
  deadline: Schema.optionalKey(seconds),
  /** What becomes of the others when one of the changed modules fails; `continue` without it. */
  on_failure: Schema.optionalKey(OnFailure),
  /** Modules that need nobody's approval; the installation's without it. */
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })))
})
/** Which pushes begin campaigns, and how. */
export interface PushRule extends Schema.Schema.Type<typeof PushRule> {}

/** Which pull requests are tried out, and where the outcome is told. */
export const TrialRule = Schema.Struct({
  /** Namespace and name of the repository that they are for, such as `rpms/*`. */
  repository: pattern,
  /** The branch that they are for; any without it. */
  branch: Schema.optionalKey(pattern),
  /** Whose the campaigns are; `trials` without it. */
  owner: Schema.optionalKey(pattern),
  /** Modules that need nobody's approval; the installation's without it. */
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 }))),
  /** Root of the forge's interface, such as `https://gitea.example.org` or `https://api.github.com`; nobody is told without it. */
  report: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^https?:\/\//), Schema.isMaxLength(2048))),
  /** File with the token by which the forge is told. */
  token_file: Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(4096)))
})
/** Which pull requests are tried out, and where the outcome is told. */
export interface TrialRule extends Schema.Schema.Type<typeof TrialRule> {}

/** When modules are rebuilt, by their names: `source`, `direct`, `transitive` or `vanished`. The first that fits counts. */
export const ProjectRule = Schema.Struct({
  /** `name:stream`. */
  module: pattern,
  trigger: Schema.Literals(["source", "direct", "transitive", "vanished"])
})
/** When modules are rebuilt. */
export interface ProjectRule extends Schema.Schema.Type<typeof ProjectRule> {}

/**
 * Which modules merely link against which: nothing of those but their shared libraries reaches what is made, and nothing of them is executed.
 * Nobody can tell that from packages, so it is said here, and a share of what is not built for it is built all the same.
 */
export const LinkRule = Schema.Struct({
  /** `name:stream` of those that link. */
  module: pattern,
  /** `name:stream` of what they link against. */
  against: pattern,
  /** Percent of what is cut off for it that is built all the same; 25 without it. */
  audit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 5, maximum: 100 }))),
  /** False cuts that campaigns up to this one found do not count any more; without it, one that was found ends the rule for its module. */
  settled: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 52 })))
})
/** Which modules merely link against which. */
export interface LinkRule extends Schema.Schema.Type<typeof LinkRule> {}

/** Who is told when a module of a campaign fails, and how. All that fit count. */
export const NoticeRule = Schema.Struct({
  /** `name:stream`. */
  module: pattern,
  /** Addresses that are written to. */
  mail: Schema.optionalKey(Schema.Array(pattern).check(Schema.isMaxLength(50))),
  /** Where it is posted to, as JSON. */
  webhook: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^https?:\/\//), Schema.isMaxLength(2048))),
  /** Whether those are written to whose build or campaign it is, where their address is known; yes without it. */
  owners: Schema.optionalKey(Schema.Boolean)
})
/** Who is told when a module of a campaign fails, and how. */
export interface NoticeRule extends Schema.Schema.Type<typeof NoticeRule> {}

/** All rules of an installation. */
export const CampaignRules = Schema.Struct({
  notices: Schema.optionalKey(Schema.Array(NoticeRule).check(Schema.isMaxLength(1000))),
  trials: Schema.optionalKey(Schema.Array(TrialRule).check(Schema.isMaxLength(1000))),
  pushes: Schema.optionalKey(Schema.Array(PushRule).check(Schema.isMaxLength(1000))),
  projects: Schema.optionalKey(Schema.Array(ProjectRule).check(Schema.isMaxLength(1000))),
  links: Schema.optionalKey(Schema.Array(LinkRule).check(Schema.isMaxLength(1000)))
})
/** All rules of an installation. */
export interface CampaignRules extends Schema.Schema.Type<typeof CampaignRules> {}

/** No push begins anything, and every module follows everything. */
export const none: CampaignRules = {}

/** Whether a name fits a pattern, in which `*` stands for anything. Linear in the name for each star. */
export const fits = (wanted: string, name: string): boolean => {
  const [first = "", ...parts] = wanted.split("*")
  const last = parts.pop()
  if (last === undefined) return name === first
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false
  let at = first.length
  for (const part of parts) {
    const found = name.indexOf(part, at)
    if (found < 0 || found + part.length > name.length - last.length) return false
    at = found + part.length
  }
  return true
}

/** A push rule with everything it leaves out. */
export interface Push {
  readonly name: string
  readonly owner: string
  /** Seconds. */
  readonly quiet: number
  /** Seconds. */
  readonly deadline: number
  readonly onFailure: OnFailure
  readonly limit: number | undefined
}

const complete = (rule: PushRule, index: number): Push => ({
  name: rule.name ?? `${index + 1}`,
  owner: rule.owner ?? "campaigns",
  quiet: rule.quiet ?? 60,
  deadline: Math.max(rule.quiet ?? 60, rule.deadline ?? 900),
  onFailure: rule.on_failure ?? "continue",
  limit: rule.limit
})

/** The rule for a push to a branch of `namespace/name`; `undefined` where none fits. */
export const ofPush = ({ pushes = [] }: CampaignRules, repository: string, branch: string): Push | undefined => {
  const index = pushes.findIndex((rule) => fits(rule.repository, repository) && fits(rule.branch ?? "*", branch))
  return index < 0 ? undefined : complete(pushes[index]!, index)
}

/** The rule for pull requests to a branch of `namespace/name`; `undefined` where none fits. */
export const ofTrial = ({ trials = [] }: CampaignRules, repository: string, branch: string): TrialRule | undefined =>
  trials.find((rule) => fits(rule.repository, repository) && fits(rule.branch ?? "*", branch))

/** The rule of that name; `undefined` where the operator has taken it away. */
export const named = ({ pushes = [] }: CampaignRules, name: string): Push | undefined =>
  pushes.map(complete).find((rule) => rule.name === name)

/** When a module is rebuilt, `name:stream`. */
export const triggerOf = ({ projects = [] }: CampaignRules, module: string): Trigger =>
  projects.find((rule) => fits(rule.module, module))?.trigger ?? "transitive"

/** What is said of a module that may merely link against another one, both `name:stream`; `undefined` where nothing is. */
export const linkOf = ({ links = [] }: CampaignRules, module: string, against: string): {
  /** From 0 to 1. */
  readonly audit: number
  readonly settled: number
} | undefined => {
  const rule = links.find((one) => fits(one.module, module) && fits(one.against, against))
  return rule === undefined ? undefined : { audit: (rule.audit ?? 25) / 100, settled: rule.settled ?? 0 }
}

/** Who is told when a module fails, each once; owners unless a rule that fits says otherwise. */
export const noticesOf = ({ notices = [] }: CampaignRules, module: string): {
  readonly mail: ReadonlyArray<string>
  readonly webhooks: ReadonlyArray<string>
  readonly owners: boolean
} => {
  const some = notices.filter((rule) => fits(rule.module, module))
  return {
    mail: [...new Set(some.flatMap(({ mail = [] }) => mail))],
    webhooks: [...new Set(some.flatMap(({ webhook }) => webhook ?? []))],
    owners: some.every(({ owners = true }) => owners)
  }
}

/** When a batch of changes begins, in milliseconds since the epoch: after a silence, and not later than its deadline. */
export const dueAt = ({ deadline, quiet }: Push, first: number, last: number): number =>
  Math.min(last + quiet * 1000, first + deadline * 1000)
