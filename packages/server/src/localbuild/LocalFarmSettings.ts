/** What operators decide about the builds of the local farm. */
import * as Os from "node:os"
import * as Setting from "../Setting.ts"
import * as SandboxChoice from "./sandbox/SandboxChoice.ts"

const mebibyte = 1024 * 1024

export const settings = {
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
  localDisk: Setting.integer("ORCH_LOCAL_DISK", {
    about: "MiB that the tree of one build may take on the disk.",
    fallback: "16384",
    minimum: 64,
    maximum: 64 * mebibyte
  })
}
