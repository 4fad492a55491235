/** Which Koji hub has which platforms, out of the settings. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** The settings name a hub that is not configured, or none at all. */
export class KojiPlatformsInvalid extends Schema.TaggedError<KojiPlatformsInvalid>()("KojiPlatformsInvalid", {
  message: Schema.String
}) {}

export interface HubPlatforms {
  readonly profile: string
  /** The hub's tag by platform stream. */
  readonly platformTags: Readonly<Record<string, string>>
}

/**
 * Sorts tags by hub.
 *
 * @param tags `TAG` of the first profile's hub, or `PROFILE:TAG`, by platform stream; no name of a tag can hold a colon.
 */
export const byProfile = (
  profiles: ReadonlyArray<string>,
  tags: Readonly<Record<string, string>>
): Result.Result<readonly [HubPlatforms, ...ReadonlyArray<HubPlatforms>], KojiPlatformsInvalid> => {
  const invalid = (message: string) => Result.fail(new KojiPlatformsInvalid({ message }))
  const [first, ...others] = [...new Set(profiles)]
  if (first === undefined) return invalid("ORCH_KOJI_PROFILE names no profile")
  const slashed = profiles.find((profile) => profile.includes("/"))
  if (slashed !== undefined) {
    return invalid(`ORCH_KOJI_PROFILE names "${slashed}"; names of profiles cannot hold a slash here`)
  }
  const found = new Map<string, Record<string, string>>([first, ...others].map((profile) => [profile, {}]))
  for (const [stream, value] of Object.entries(tags)) {
    const colon = value.indexOf(":")
    const profile = colon < 0 ? first : value.slice(0, colon)
    const own = found.get(profile)
    if (own === undefined) {
      return invalid(
        `ORCH_KOJI_PLATFORM_TAGS has ${stream}=${value}, but ORCH_KOJI_PROFILE names only ${
          [...found.keys()].join(", ")
        }`
      )
    }
    own[stream] = value.slice(colon + 1)
  }
  return Result.succeed([
    { profile: first, platformTags: found.get(first)! },
    ...others.map((profile) => ({ profile, platformTags: found.get(profile)! }))
  ])
}
