/**
 * What a document asks of the build system under `xmd.mbs_options`, by the rules of the Module Build Service. `contexts` is among
 * these options, too, and read by `StaticContexts`.
 */
import type { BuildrootOption } from "../farm/Buildroot.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"

/** The options of one module. */
export interface MbsOptions {
  /** Source packages that are not taken from what the module is built on, until they are built here. */
  readonly blocked: ReadonlyArray<string>
  /** Whether every build of the tags below is offered; absent where nothing is said. */
  readonly includeAll?: boolean
  /** Whether components find out what they need while they are built; absent where nothing is said. */
  readonly dynamicBuildrequires?: boolean
  /** What cannot be understood, in words, each with its key. */
  readonly problems: ReadonlyArray<string>
}

const keys: Readonly<Record<string, BuildrootOption>> = {
  blocked_packages: "blocked",
  repo_include_all: "includeAll",
  dynamic_buildrequires: "dynamicBuildrequires"
}

const isTrue = (text: string): boolean => /^(?:true|yes|on|1)$/i.test(text)
const isFalse = (text: string): boolean => /^(?:false|no|off|0)$/i.test(text)

/** Reads the options; what cannot be understood is left out, and named. */
export const read = ({ xmd }: Pick<ModuleStreamV2, "xmd">): MbsOptions => {
  const options = Xmd.get(xmd, "mbs_options")
  const problems: Array<string> = []
  const found: { blocked: ReadonlyArray<string>; includeAll?: boolean; dynamicBuildrequires?: boolean } = {
    blocked: []
  }
  for (const [key, value] of Xmd.isMapping(options) ? options : []) {
    const option = keys[key]
    if (option === undefined) {
      if (key !== "contexts") problems.push(`xmd.mbs_options.${key} is not known here`)
    } else if (option === "blocked") {
      if (Array.isArray(value) && value.every((one: unknown) => typeof one === "string")) found.blocked = value
      else problems.push(`xmd.mbs_options.${key} is no list of packages`)
    } else if (typeof value === "string" && (isTrue(value) || isFalse(value))) {
      found[option] = isTrue(value)
    } else problems.push(`xmd.mbs_options.${key} is neither true nor false`)
  }
  return { ...found, problems }
}

/** What of the options a build system does not do, in words, each with its key. */
export const unmet = (
  options: MbsOptions,
  farm: { readonly name: string; readonly options?: ReadonlyArray<BuildrootOption> }
): ReadonlyArray<string> =>
  Object.entries(keys).flatMap(([key, option]) => {
    const value = options[option]
    const isAsked = Array.isArray(value) ? value.length > 0 : value !== undefined
    return isAsked && farm.options?.includes(option) !== true
      ? [`xmd.mbs_options.${key} has no effect: the build system ${farm.name} cannot do that`]
      : []
  })
