/**
 * Confines with the tools that every Linux has: `unshare` makes the namespaces, and `NamespaceInit`, the first process in
 * them, lays the file system out and starts the programs.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as ProgramFile from "../../programs/ProgramFile.ts"
import type { Confinement, Pipeline } from "./Confinement.ts"
import { work } from "./Confinement.ts"
import type { Mount, Spec } from "./NamespaceInit.ts"
import * as Privileges from "./Privileges.ts"
import * as VisiblePlatform from "./VisiblePlatform.ts"

const devices = ["null", "zero", "full", "random", "urandom", "tty"]

const layout = (confinement: Confinement, root: string): Pick<Spec, "files" | "folders" | "links" | "mounts"> => {
  const { network, readOnly, sandbox: { proc }, scratch } = confinement
  const { links, shown } = VisiblePlatform.find(network)
  const own = VisiblePlatform.writeOwn(scratch, Privileges.visibleUser(confinement))
  const at = (path: string) => Path.posix.join(root, path)
  const readable = [...shown.map((path) => [path, path] as const), ...own, ...readOnly]
  const writable: ReadonlyArray<readonly [string, string]> = [
    [confinement.work, work],
    [`${confinement.work}/tmp`, "/tmp"],
    [`${confinement.work}/tmp`, "/var/tmp"],
    [`${confinement.work}/shm`, "/dev/shm"]
  ]
  const bind = (source: string, target: string, options: string): Mount => ({ source, target: at(target), options })
  const mounts: ReadonlyArray<Mount> = [
    ...(proc ? [{ source: "proc", target: at("/proc"), type: "proc", options: "nosuid,nodev,noexec" }] : []),
    ...devices.map((name) => bind(`/dev/${name}`, `/dev/${name}`, "bind")),
    ...readable.map(([from, to]) => bind(from, to, "rbind,ro")),
    ...writable.map(([from, to]) => bind(from, to, "rbind,nosuid,nodev"))
  ]
  const isFolder = ([from]: readonly [string, string]) => VisiblePlatform.isDirectory(from)
  return {
    folders: ["/proc", "/run", "/dev/pts", ...[...readable, ...writable].filter(isFolder).map(([, to]) => to)].map(at),
    files: [...devices.map((name) => `/dev/${name}`), ...readable.filter((one) => !isFolder(one)).map(([, to]) => to)]
      .map(at),
    links: [
      ...links,
      ["/dev/ptmx", "pts/ptmx"] as const,
      ...["fd", "stdin", "stdout", "stderr"].map((name, index) =>
        [`/dev/${name}`, index === 0 ? "/proc/self/fd" : `/proc/self/fd/${index - 1}`] as const
      )
    ].map(([path, target]) => [at(path), target] as const),
    mounts
  }
}

/** As `ConfinedCommand.wrap` says; one sandbox for all of them. */
export const wrap = (
  confinement: Confinement,
  pipelines: ReadonlyArray<Pipeline>,
  environment: Readonly<Record<string, string>>
): ReadonlyArray<Pipeline> => {
  const { sandbox: { privileged, programs }, scratch } = confinement
  const { mount = "mount", pivot_root = "pivot_root", setpriv = "setpriv", umount = "umount", unshare = "unshare" } =
    programs
  const root = Path.join(scratch, "root")
  Fs.mkdirSync(root, { recursive: true })
  const spec: Spec = {
    root,
    table: Path.join(scratch, "mounts"),
    ...layout(confinement, root),
    programs: { mount, pivot_root, umount },
    work,
    pipelines: pipelines.map((pipeline) => pipeline.map((one) => Privileges.drop(confinement, one, environment)))
  }
  const file = Path.join(scratch, "namespace.json")
  Fs.writeFileSync(file, JSON.stringify(spec))
  const args = [
    // It must not outlive the runner, in whatever way that ends; what is inside ends with it.
    "--pdeathsig=KILL",
    "--",
    unshare,
    ...(privileged ? [] : ["--user", "--map-root-user"]),
    "--mount",
    "--pid",
    "--fork",
    "--kill-child=KILL",
    "--ipc",
    "--uts",
    ...(confinement.network ? [] : ["--net"]),
    "--",
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    ProgramFile.find("NamespaceInit", import.meta.dirname),
    file
  ]
  return [[{ command: setpriv, args }]]
}
