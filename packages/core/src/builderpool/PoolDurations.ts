/** How long a build will take, told from how long earlier ones took. */
import type * as Order from "effect/Order"

/** An earlier build that succeeded. */
export interface Sample {
  readonly package: string
  readonly arch: string
  readonly seconds: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** As many of the newest samples count. */
const recent = 5

const newestFirst: Order.Order<Sample> = (self, that) => self.at === that.at ? 0 : self.at > that.at ? -1 : 1

/** The median of the newest samples of the package: of the architecture, or else of any; `undefined` when it was never built. */
export const estimate = (
  samples: ReadonlyArray<Sample>,
  packageName: string,
  arch: string
): number | undefined => {
  const own = samples.filter((one) => one.package === packageName)
  const same = own.filter((one) => one.arch === arch)
  const counted = [...(same.length > 0 ? same : own)].sort(newestFirst).slice(0, recent).map(({ seconds }) => seconds)
  return counted.sort((a, b) => a - b)[Math.floor((counted.length - 1) / 2)]
}
