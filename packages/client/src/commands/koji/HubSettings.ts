/** What a server is told about a hub, out of the same environment variables as the server reads, or out of flags. Pure. */
import type * as SettingsCheck from "@orch/adapters-koji/SettingsCheck"

/** What the settings are called where they are made. */
export const names: SettingsCheck.Names = {
  platformTags: "ORCH_KOJI_PLATFORM_TAGS",
  channel: "ORCH_KOJI_CHANNEL",
  contentGenerator: "ORCH_KOJI_CONTENT_GENERATOR",
  moduleTags: "ORCH_KOJI_MODULE_TAG"
}

/** A list separated by commas, without what is empty. */
export const words = (text: string | undefined): ReadonlyArray<string> =>
  (text ?? "").split(",").map((word) => word.trim()).filter((word) => word !== "")

/** `STREAM=TAG` for the first profile's hub, `STREAM=PROFILE:TAG` for another; those of this profile. */
const tagsOf = (pairs: ReadonlyArray<string>, profile: string, first: string): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.flatMap((pair) => {
    const [stream = "", value = ""] = pair.split(/=(.*)/s)
    const colon = value.indexOf(":")
    const whose = colon < 0 ? first : value.slice(0, colon)
    return whose === profile ? [[stream, value.slice(colon + 1)]] : []
  }))

/** What flags say; what they leave out is empty or `undefined`. */
export interface Given {
  readonly platformTags: ReadonlyArray<string>
  readonly contentGenerator: string | undefined
  readonly moduleTags: ReadonlyArray<string>
}

/** What is given goes before what the environment says. `undefined` when neither says anything. */
export const read = (
  environment: Readonly<Record<string, string | undefined>>,
  profile: string,
  given: Given
): SettingsCheck.Settings | undefined => {
  const first = words(environment["ORCH_KOJI_PROFILE"])[0] ?? profile
  const platformTags = given.platformTags.length > 0
    ? tagsOf(given.platformTags, profile, profile)
    : tagsOf(words(environment[names.platformTags]), profile, first)
  const contentGenerator = given.contentGenerator ?? (environment[names.contentGenerator] || undefined)
  const moduleTags = given.moduleTags.length > 0 ? given.moduleTags : words(environment[names.moduleTags])
  return Object.keys(platformTags).length === 0 && contentGenerator === undefined
    ? undefined
    : { platformTags, contentGenerator, moduleTags }
}
