/** What operators decide about the builds of the local farm. */
import * as Os from "node:os"
import * as Setting from "../Setting.ts"
import * as SandboxChoice from "./sandbox/SandboxChoice.ts"

const mebibyte = 1024 * 1024

export const settings = {
  platforms: Setting.list("ORCH_PLATFORMS", {
    about: "Platform streams that the local farm stands in for, or a farm of your own that does not say which it has.",
    fallback: "el8,el9,f41"
  }),
  jobs: Setting.integer("ORCH_JOBS", {
    about: "Packages the local farm builds side by side.",
    fallback: String(Os.availableParallelism()),
    minimum: 1,
    maximum: 1024
  }),
  localWorker: Setting.integer("ORCH_LOCAL_WORKER", {
    about:
      "Tasks of the builder pool that this machine builds at the same time, the way the local farm builds; 0 for none. The pool knows it as "
      + "the node that the file worker/node in the data folder names.",
    fallback: "0",
    minimum: 0,
    maximum: 1024
  }),
  buildTimeout: Setting.integer("ORCH_BUILD_TIMEOUT", {
    about: "Seconds after which the local farm ends the build of one package.",
    fallback: "14400",
    minimum: 1,
    maximum: 604800
  }),
  localSandbox: Setting.of("ORCH_LOCAL_SANDBOX", SandboxChoice.Mode, {
    about:
      "Whether the local farm confines builds, by bubblewrap or unshare: auto where one of them works, required to "
      + "build nothing where none does, off never.",
    fallback: "auto"
  }),
  localNetwork: Setting.flag("ORCH_LOCAL_NETWORK", {
    about: "Whether confined builds may use the network. Without a sandbox they always can.",
    fallback: "false"
  }),
  localMemory: Setting.integer("ORCH_LOCAL_MEMORY", {
    about: "MiB of memory that the processes of one build may take together; half of the machine's unless told.",
    fallback: String(Math.max(1024, Math.floor(Os.totalmem() / 2 / mebibyte))),
    minimum: 64,
    maximum: 64 * mebibyte
  }),
  localProcesses: Setting.integer("ORCH_LOCAL_PROCESSES", {
    about: "Processes and threads that a confined build may have at one time.",
    fallback: "1024",
    minimum: 32,
    maximum: 4_194_304
  }),
  localKeepDays: Setting.integer("ORCH_LOCAL_KEEP_DAYS", {
    about:
      "Days after which the local farm removes what is left of builds that nobody needs any more, and buildroots of "
      + "failed module builds, which then can no longer be resumed; 0 keeps all.",
    fallback: "180",
    minimum: 0,
    maximum: 36_500
  }),
  localKeepSize: Setting.integer("ORCH_LOCAL_KEEP_SIZE", {
    about: "GiB that logs and results of builds may take together; the oldest go first. 0 for no limit.",
    fallback: "100",
    minimum: 0,
    maximum: 1_048_576
  }),
  localDisk: Setting.integer("ORCH_LOCAL_DISK", {
    about: "MiB that the tree of one build may take on the disk.",
    fallback: "16384",
    minimum: 64,
    maximum: 64 * mebibyte
  })
}

export interface Values extends Setting.Values<typeof settings> {}
