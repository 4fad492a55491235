/**
 * The last steps into a sandbox, the same whatever made it: the program becomes a user without rights, who cannot get any,
 * gets its limits, and only then its environment, since library paths of a build must not reach programs that have rights.
 */
import type { Command, Confinement } from "./Confinement.ts"
import { user } from "./Confinement.ts"

/** The user whom the program finds itself to be. */
export const visibleUser = ({ sandbox: { nested, privileged }, uid }: Confinement): number =>
  privileged && !nested ? uid : user

/** The command that does this and becomes `command`. */
export const drop = (
  { limits, sandbox, uid }: Confinement,
  { args, command }: Command,
  environment: Readonly<Record<string, string>>
): Command => {
  const { env = "env", prlimit = "prlimit", setpriv = "setpriv", unshare = "unshare" } = sandbox.programs
  const words = [
    ...(sandbox.privileged ? [setpriv, `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--"] : []),
    ...(sandbox.nested ? [unshare, "--user", `--map-user=${user}`, `--map-group=${user}`, "--"] : []),
    prlimit,
    "--core=0",
    `--nproc=${limits.processes}`,
    `--data=${limits.memoryBytes}`,
    `--fsize=${limits.fileBytes}`,
    "--",
    setpriv,
    "--no-new-privs",
    "--",
    env,
    "-i",
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    command,
    ...args
  ]
  return { command: words[0]!, args: words.slice(1) }
}
