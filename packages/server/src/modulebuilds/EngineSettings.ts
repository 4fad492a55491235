/** How module builds are run: how much at once, how often is asked, how long is kept. */
import type { Limits } from "@orch/core/farm/FairShare"
import * as Setting from "../Setting.ts"

export const settings = {
  limitTotal: Setting.integer("ORCH_LIMIT_TOTAL", {
    about: "Packages of all module builds being built at the same time; 0 leaves that to the build system.",
    fallback: "0",
    minimum: 0,
    maximum: 1000000
  }),
  limitPerOwner: Setting.integer("ORCH_LIMIT_PER_OWNER", {
    about: "Packages of one owner being built at the same time, so that nobody fills the farm; 0 for no limit.",
    fallback: "0",
    minimum: 0,
    maximum: 1000000
  }),
  limitPerArch: Setting.integer("ORCH_LIMIT_PER_ARCH", {
    about: "Packages being built for one architecture at the same time; 0 for no limit.",
    fallback: "0",
    minimum: 0,
    maximum: 1000000
  }),
  commandWorkers: Setting.integer("ORCH_COMMAND_WORKERS", {
    about: "Commands (submissions, repository requests, …) run side by side by one server process.",
    fallback: "16",
    minimum: 1,
    maximum: 256
  }),
  reconcileInterval: Setting.integer("ORCH_RECONCILE_INTERVAL", {
    about: "Milliseconds between two questions to the build system about the same task. What a lost message costs.",
    fallback: "10000",
    minimum: 100,
    maximum: 3600000
  }),
  lease: Setting.integer("ORCH_LEASE", {
    about: "Seconds after which the commands of a server process that was killed are taken over by another.",
    fallback: "15",
    minimum: 3,
    maximum: 3600
  }),
  failedKeepDays: Setting.integer("ORCH_FAILED_KEEP_DAYS", {
    about:
      "Days without a change after which a failed module build is retired and can no longer be resumed; 0 keeps all.",
    fallback: "180",
    minimum: 0,
    maximum: 36500
  })
}

export interface Values extends Setting.Values<typeof settings> {}

/** How much may be built at once; a limit of 0 is none. */
export const limits = ({ limitPerArch, limitPerOwner, limitTotal }: Values): Limits => ({
  ...(limitTotal === 0 ? {} : { total: limitTotal }),
  ...(limitPerOwner === 0 ? {} : { perOwner: limitPerOwner }),
  ...(limitPerArch === 0 ? {} : { perArch: limitPerArch })
})
