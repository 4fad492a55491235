/**
 * Building against a side tag: a base module may say what its tag is called there (`xmd.mbs.koji_side_tag_format`, such as
 * `{side_tag}-platform`), and a submission which side tag it means.
 */
import type { AvailableModule } from "./AvailableModule.ts"
import * as Available from "./AvailableModule.ts"
import type { ResolutionSettings } from "./ResolutionSettings.ts"

/** The tag of the side: what stands for `{side_tag}` in the format. */
export const format = (pattern: string, sideTag: string): string => pattern.replaceAll("{side_tag}", sideTag)

/**
 * Where the base modules of a build are in a side tag, by `name:stream:version:context`; those that say nothing about side
 * tags stay where they are. `undefined` when that is all of them, as the side tag would have no effect.
 */
export const locations = (
  modules: ReadonlyArray<AvailableModule>,
  sideTag: string,
  { baseModuleNames }: Pick<ResolutionSettings, "baseModuleNames">
): Readonly<Record<string, string>> | undefined => {
  const found = modules.flatMap((module) =>
    baseModuleNames.includes(module.name) && module.sideTagFormat !== undefined
      ? [[Available.nsvc(module), format(module.sideTagFormat, sideTag)] as const]
      : []
  )
  return found.length === 0 ? undefined : Object.fromEntries(found)
}
