/** The platform of a plan: where it comes from, and its document. */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Xmd from "@orch/core/modulemd/Xmd"
import type * as AvailableModule from "@orch/core/resolution/AvailableModule"
import type * as AvailableModules from "@orch/core/resolution/AvailableModules"
import * as PlatformDocument from "@orch/core/resolution/PlatformDocument"
import * as RepositoryModules from "@orch/core/resolution/RepositoryModules"
import type * as ResolutionPlan from "@orch/core/resolution/ResolutionPlan"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import type * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as Option from "effect/Option"

/** A platform and where it comes from. */
export interface PlanPlatform {
  readonly streams: ReadonlyArray<string>
  /** A part of a sentence: `most of the available modules require it`. */
  readonly reason: string
}

const [platformName = "platform"] = ResolutionSettings.defaults.baseModuleNames

const reasons: Readonly<Record<RepositoryModules.Assumed["origin"], string>> = {
  available: "its document is among the available modules",
  given: "--platform says so",
  required: "most of the available modules require it; --platform STREAM takes another one",
  wanted: "it is to be built on; nothing is known of it but its name"
}

/**
 * What can be built against, on the platform that was given or that the modules and the sources lead to.
 *
 * @param overrides streams to build with instead of what the sources say, by module.
 */
export const assume = (
  available: ReadonlyArray<AvailableModule.AvailableModule>,
  given: Option.Option<string>,
  sources: ReadonlyArray<StreamDocument.ToBuild>,
  overrides: Readonly<Record<string, ReadonlyArray<string>>>
): { readonly modules: AvailableModules.AvailableModules; readonly platform: PlanPlatform } => {
  const written = sources.flatMap(({ variants }) =>
    variants.flatMap(({ dependencies }) =>
      dependencies.flatMap(({ buildrequires }) => buildrequires[platformName] ?? [])
    )
  )
  const wanted = overrides[platformName] ?? written
  const assumed = RepositoryModules.assuming(
    available,
    Option.getOrUndefined(given),
    [...new Set(wanted.filter((stream) => !stream.startsWith("-")))]
  )
  const { origin, streams } = assumed.platform
  return { modules: assumed.available, platform: { streams, reason: reasons[origin] } }
}

/** What helps where the platform is what is missing; `undefined` where something else is. */
export const advice = (plans: ReadonlyArray<ResolutionPlan.ResolutionPlan>): string | undefined =>
  plans.some(({ problems }) => problems.some(({ message }) => message.startsWith("None of the base module")))
    ? "a platform is a module document of its own, which servers import and repositories leave out: "
      + "`orch plan --platform STREAM` writes it, --platform STREAM beside --available does without it"
    : undefined

/** The document of a platform, as YAML or as JSON for `--available`. */
export const document = (stream: string, asJson: boolean): string => {
  const made = PlatformDocument.make(stream)
  if (!asJson) return Modulemd.write(made)
  const mbs = Xmd.get(made.xmd, "mbs")
  return JSON.stringify(
    {
      name: made.name,
      stream,
      version: String(made.version),
      context: made.context,
      koji_tag: Xmd.get(mbs, "koji_tag"),
      virtual_streams: Xmd.get(mbs, "virtual_streams")
    },
    null,
    2
  )
}
