/**
 * A buildroot as it lies on disk: what was planned, resolved to paths, and the macro file its components are built with.
 */
import { BuildrootPlan } from "@orch/core/ports/BuildSystem"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as Platform from "./Platform.ts"

export const Prepared = Schema.Struct({
  key: Schema.String,
  platform: Schema.String,
  distTag: Schema.String,
  /** RPMs of the modules that it builds on. */
  packages: Schema.Array(Schema.String),
  plan: Schema.toCodecJson(BuildrootPlan)
})
export interface Prepared extends Schema.Schema.Type<typeof Prepared> {}

const decode = Schema.decodeUnknownOption(Prepared)
const encode = Schema.encodeSync(Prepared)

export const macrosPath = (buildroot: string): string => Path.join(buildroot, "macros")
const planPath = (buildroot: string): string => Path.join(buildroot, "plan.json")

export const read = (buildroot: string): Prepared | undefined =>
  Option.getOrUndefined(decode(AtomicFile.readJson(planPath(buildroot))))

/** Writes it, the macro file first: what has a plan is complete. */
export const write = async (
  buildroot: string,
  plan: BuildrootPlan,
  packages: ReadonlyArray<string>
): Promise<void> => {
  await AtomicFile.write(macrosPath(buildroot), `${Platform.macros(plan.platform)}${plan.macros}\n`)
  const { distTag, key, platform } = plan
  await AtomicFile.write(planPath(buildroot), JSON.stringify(encode({ key, platform, distTag, packages, plan })))
}
