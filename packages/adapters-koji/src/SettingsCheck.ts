/**
 * Compares settings with what the hub has: tags of platforms, channel, content generator, tags for modules.
 *
 * A hub notices none of it before a build is under way, and then speaks of an id or fails a task. Here each finding names the
 * setting, as whoever made it calls it, and what to set or to run.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { elementOr, Tag, TagGroup, Target } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { Answer, KojiHub } from "./KojiHub.ts"

/** What the settings are called where they are made. */
export interface Names {
  readonly platformTags: string
  readonly channel: string
  readonly contentGenerator: string
  readonly moduleTags: string
}

/** As the fields of `KojiSettings` and of `KojiRepositoryHost.Settings`. */
export const fieldNames: Names = {
  platformTags: "platformTags",
  channel: "channel",
  contentGenerator: "contentGenerator",
  moduleTags: "moduleTags"
}

/** What the hub is compared with. */
export interface Settings {
  /** Tag by platform stream. */
  readonly platformTags: Readonly<Record<string, string>>
  readonly channel?: string | undefined
  readonly contentGenerator?: string | undefined
  /** `{}` stands for the platform's stream. */
  readonly moduleTags?: ReadonlyArray<string> | undefined
}

/** One setting that does not fit the hub. */
export interface Remark {
  readonly setting: keyof Names
  /** Whether nothing can be built with it, or only something is missing. */
  readonly state: "warning" | "failure"
  readonly message: string
  readonly advice: string
}

const Named = Schema.NullOr(Schema.Struct({ name: Schema.String }))
const Config = Schema.NullOr(Schema.Struct({ arches: Schema.NullOr(Schema.String) }))
const Generators = Schema.Record(Schema.String, Schema.Struct({ users: Schema.Array(Schema.String) }))
const BuildTypes = Schema.Array(Schema.Struct({ name: Schema.String }))

/** A question and what its answers mean; all are asked in one request. */
interface Part {
  readonly calls: ReadonlyArray<KojiCall.KojiCall>
  readonly judge: (answers: ReadonlyArray<Answer>) => Effect.Effect<ReadonlyArray<Remark>, KojiError>
}

/** Without which builders install nothing into a buildroot. */
const buildrootGroups = ["build", "srpm-build"]

const ofPlatform = (names: Names, platform: string, tag: string): Part => ({
  calls: ["getTag", "getBuildTarget", "getBuildConfig", "getTagGroups"].map((method) => KojiCall.make(method, [tag])),
  judge: (answers) => judgePlatform(names, platform, tag, answers)
})

const judgePlatform = Effect.fnUntraced(function*(
  names: Names,
  platform: string,
  tag: string,
  [found, target, config, groups]: ReadonlyArray<Answer>
) {
  const setting = "platformTags"
  const given = `${names.platformTags} has ${platform}=${tag}`
  const remark = (state: Remark["state"], message: string, advice: string): ReadonlyArray<Remark> => [
    { setting, state, message: `${given}: ${message}`, advice }
  ]
  if ((yield* elementOr(Schema.NullOr(Tag), "getTag", found, null)) === null) {
    const same = yield* elementOr(Schema.NullOr(Target), "getBuildTarget", target, null)
    return same === null
      ? remark(
        "failure",
        "the hub has no such tag",
        `koji list-tags shows those it has; set ${names.platformTags} to one`
      )
      : remark(
        "failure",
        "that is a build target and no tag",
        `set ${names.platformTags} to its build tag: ${platform}=${same.build_tag_name}`
      )
  }
  const { arches } = (yield* elementOr(Config, "getBuildConfig", config, null)) ?? { arches: null }
  if ((arches ?? "").trim() === "") {
    return remark(
      "failure",
      "the tag has no architectures, neither of its own nor inherited",
      `koji edit-tag ${tag} --arches "x86_64"`
    )
  }
  const there = (yield* elementOr(Schema.Array(TagGroup), "getTagGroups", groups, [])).map(({ name }) => name)
  const missing = buildrootGroups.filter((group) => !there.includes(group))
  return missing.length === 0 ? [] : remark(
    "warning",
    `the tag has no group ${missing.join(" and no group ")}, from which builders fill a buildroot`,
    missing.map((group) => `koji add-group ${tag} ${group}`).join("; ")
  )
})

const ofChannel = (names: Names, channel: string): Part => ({
  calls: [KojiCall.make("getChannel", [channel])],
  judge: ([answer]) =>
    Effect.map(elementOr(Named, "getChannel", answer, null), (found): ReadonlyArray<Remark> =>
      found !== null ? [] : [{
        setting: "channel",
        state: "failure",
        message: `${names.channel} is ${channel}, and the hub has no such channel`,
        advice: `koji list-channels shows those it has; set ${names.channel} to one`
      }])
})

const ofGenerator = (names: Names, generator: string, user: string): Part => ({
  calls: [KojiCall.make("listCGs"), KojiCall.make("listBTypes")],
  judge: (answers) => judgeGenerator(names, generator, user, answers)
})

const judgeGenerator = Effect.fnUntraced(function*(
  names: Names,
  generator: string,
  user: string,
  [generators, types]: ReadonlyArray<Answer>
) {
  const setting = "contentGenerator"
  // A hub that does not tell is not found fault with.
  const known = yield* elementOr(Generators, "listCGs", generators, undefined)
  const kinds = yield* elementOr(BuildTypes, "listBTypes", types, undefined)
  const own = known === undefined || !Object.hasOwn(known, generator) ? undefined : known[generator]
  const remarks: Array<Remark> = []
  if (known !== undefined && own === undefined) {
    remarks.push({
      setting,
      state: "failure",
      message: `${names.contentGenerator} is ${generator}, and the hub has no content generator of that name`,
      advice: `an administrator can run: koji grant-cg-access --new ${user} ${generator}`
    })
  } else if (own !== undefined && !own.users.includes(user)) {
    remarks.push({
      setting,
      state: "failure",
      message: `${names.contentGenerator} is ${generator}, for which ${user} may not import`,
      advice: `an administrator can run: koji grant-cg-access ${user} ${generator}`
    })
  }
  if (kinds !== undefined && !kinds.some(({ name }) => name === "module")) {
    remarks.push({
      setting,
      state: "failure",
      message: `${names.contentGenerator} is ${generator}, but the hub has no build type "module" to import modules as`,
      advice: "an administrator can run: koji call addBType module"
    })
  }
  return remarks
})

const ofModuleTags = (names: Names, patterns: ReadonlyArray<string>, platforms: ReadonlyArray<string>): Part => {
  const wanted = platforms.map((platform) => ({
    platform,
    tags: patterns.map((one) => one.replaceAll("{}", platform))
  }))
  const tags = [...new Set(wanted.flatMap((one) => one.tags))]
  return {
    calls: tags.map((tag) => KojiCall.make("getTag", [tag])),
    judge: Effect.fnUntraced(function*(answers) {
      const there = new Set<string>()
      for (const [index, tag] of tags.entries()) {
        if ((yield* elementOr(Schema.NullOr(Tag), "getTag", answers[index], null)) !== null) there.add(tag)
      }
      return wanted.filter((one) => !one.tags.some((tag) => there.has(tag))).map((one): Remark => ({
        setting: "moduleTags",
        state: "failure",
        message: `${names.moduleTags} gives ${one.tags.join(" or ")} for ${one.platform}, and the hub has no such tag`,
        advice: `koji add-tag ${one.tags[0]}, or set ${names.moduleTags} to a tag that is there`
      }))
    })
  }
}

/**
 * What does not fit, in the order of the settings; nothing where all is well. Fails only when the hub does not answer.
 *
 * @param user who imports modules, by the hub's name.
 */
export const run = (
  hub: KojiHub,
  settings: Settings,
  user: string,
  names: Names = fieldNames
): Effect.Effect<ReadonlyArray<Remark>, KojiError> =>
  Effect.gen(function*() {
    const { channel, contentGenerator, moduleTags = [], platformTags } = settings
    const platforms = Object.entries(platformTags)
    const parts: ReadonlyArray<Part> = [
      ...platforms.map(([platform, tag]) => ofPlatform(names, platform, tag)),
      ...(channel === undefined ? [] : [ofChannel(names, channel)]),
      ...(contentGenerator === undefined ? [] : [ofGenerator(names, contentGenerator, user)]),
      ...(contentGenerator === undefined || moduleTags.length === 0
        ? []
        : [ofModuleTags(names, moduleTags, platforms.map(([platform]) => platform))])
    ]
    const calls = parts.flatMap((part) => part.calls)
    if (calls.length === 0) return []
    const answers = yield* hub.readAll(calls)
    let at = 0
    const remarks: Array<Remark> = []
    for (const part of parts) {
      remarks.push(...yield* part.judge(answers.slice(at, at + part.calls.length)))
      at += part.calls.length
    }
    return remarks
  })
