/** Confines with `bwrap` (https://github.com/containers/bubblewrap), which desktops use for the same purpose. */
import * as Path from "node:path"
import type { Confinement, Pipeline } from "./Confinement.ts"
import { user, work } from "./Confinement.ts"
import * as Privileges from "./Privileges.ts"
import * as VisiblePlatform from "./VisiblePlatform.ts"

/** All folders above the paths, the outer ones first. Those that `bwrap` makes on its own are closed for other users. */
const above = (paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const path of paths) {
    for (let folder = Path.posix.dirname(path); folder !== "/"; folder = Path.posix.dirname(folder)) found.add(folder)
  }
  return [...found].sort()
}

const options = (confinement: Confinement): ReadonlyArray<string> => {
  const { network, readOnly, sandbox: { privileged, proc }, scratch } = confinement
  const { links, shown } = VisiblePlatform.find(network)
  const own = VisiblePlatform.writeOwn(scratch, Privileges.visibleUser(confinement))
  const id = String(user)
  return [
    "--die-with-parent",
    "--new-session",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--hostname",
    "localhost",
    ...(network ? [] : ["--unshare-net"]),
    // Root gives its rights up by `setpriv`, to a user of this machine.
    ...(privileged ? [] : ["--unshare-user", "--uid", id, "--gid", id]),
    ...above([...shown, ...own.map(([, to]) => to), ...readOnly.map(([, to]) => to), "/var/tmp"])
      .flatMap((folder) => ["--dir", folder]),
    ...shown.flatMap((path) => ["--ro-bind", path, path]),
    ...links.flatMap(([path, target]) => ["--symlink", target, path]),
    ...own.flatMap(([from, to]) => ["--ro-bind", from, to]),
    ...(proc ? ["--proc", "/proc"] : ["--dir", "/proc"]),
    "--dev",
    "/dev",
    "--bind",
    `${confinement.work}/shm`,
    "/dev/shm",
    "--remount-ro",
    "/dev",
    "--dir",
    "/run",
    ...["/tmp", "/var/tmp"].flatMap((path) => ["--bind", `${confinement.work}/tmp`, path]),
    "--bind",
    confinement.work,
    work,
    ...readOnly.flatMap(([from, to]) => ["--ro-bind", from, to]),
    // The root is a file system in memory, which nobody may fill.
    "--remount-ro",
    "/",
    "--chdir",
    work,
    "--"
  ]
}

/** As `ConfinedCommand.wrap` says; each program gets a sandbox of its own. */
export const wrap = (
  confinement: Confinement,
  pipelines: ReadonlyArray<Pipeline>,
  environment: Readonly<Record<string, string>>
): ReadonlyArray<Pipeline> => {
  const { bwrap = "bwrap" } = confinement.sandbox.programs
  const before = options(confinement)
  return pipelines.map((pipeline) =>
    pipeline.map((one) => {
      const { args, command } = Privileges.drop(confinement, one, environment)
      return { command: bwrap, args: [...before, command, ...args] }
    })
  )
}
