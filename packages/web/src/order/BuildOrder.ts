/** The order of a build that goes on or has ended, as a drawing. */
import type { ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import type { VNode } from "preact"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import * as OrderDrawing from "./OrderDrawing.ts"

/** The part of a page; nothing for a single component. */
export const section = (
  build: Pick<ModuleBuildDetail, "components" | "state" | "state_reason">,
  now: number
): VNode | null => {
  const { components } = build
  const there = new Set(components.filter(({ state }) => state === "available").map(({ name }) => name))
  return OrderDrawing.section(components.map((component) => {
    const { after, batch, finished_at, name, submitted_at } = component
    const seconds = submitted_at === null
      ? undefined
      : Times.between(submitted_at, finished_at ?? new Date(now).toISOString())
    const waits = after.filter((one) => !there.has(one))
    return {
      name,
      batch,
      after,
      seconds,
      state: States.ofComponentIn(build, component),
      line: seconds !== undefined
        ? Times.duration(seconds)
        : waits.length > 0
        ? `after ${waits.join(", ")}`
        : batch > 1 && after.length === 0
        ? `after batch ${batch - 1}`
        : "",
      href: `#c-${name}`
    }
  }))
}
