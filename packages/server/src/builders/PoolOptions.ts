/** How the settings of the builder pool are meant: seconds become milliseconds, and 0 no limit. */
import type { ClassRule } from "@orch/core/builderpool/BuildClass"
import type { Reservation } from "@orch/core/builderpool/PoolMatching"

/** The settings. */
export interface Values {
  readonly builderLease: number
  readonly builderTries: number
  readonly builderReserved: ReadonlyArray<Reservation>
  readonly builderClasses: ReadonlyArray<ClassRule>
  readonly builderPerOwner: number
  readonly builderPerOwnerArch: number
}

/** What the pool is told. */
export const of = (settings: Values) => ({
  millis: settings.builderLease * 1000,
  tries: settings.builderTries,
  reservations: settings.builderReserved,
  classes: settings.builderClasses,
  ...(settings.builderPerOwner === 0 ? {} : { perOwner: settings.builderPerOwner }),
  ...(settings.builderPerOwnerArch === 0 ? {} : { perOwnerArch: settings.builderPerOwnerArch })
})
