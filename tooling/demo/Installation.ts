/** Proves with the stock `dnf` that the result is a modular repository: lists the module, installs its default profile. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"

/** What the command needs to read this repository and no other. */
const options = (root: string, repository: string): ReadonlyArray<string> => [
  `--installroot=${root}`,
  `--repofrompath=orch,file://${repository}`,
  "--disablerepo=*",
  "--enablerepo=orch",
  "--setopt=module_platform_id=platform:el8",
  "--setopt=reposdir=/nonexistent",
  `--setopt=cachedir=${root}/var/cache/dnf`,
  "--setopt=persistdir=/var/lib/dnf",
  "--nogpgcheck",
  "--releasever=8",
  "--nodocs"
]

const quote = (argument: string): string =>
  /^[A-Za-z0-9_./:=@+,-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`

/** The command by which a person installs from the result. */
export const command = (root: string, repository: string): string =>
  ["dnf", "-y", ...options(root, repository), "module", "install", "demo:1/default"].map(quote).join(" ")

const dnf = (root: string, repository: string, ...args: ReadonlyArray<string>) => {
  const { error, status, stderr, stdout } = spawnSync("dnf", ["-y", ...options(root, repository), ...args], {
    encoding: "utf8",
    timeout: 300_000,
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", HOME: "/nonexistent" }
  })
  return { missing: error !== undefined, ok: status === 0, output: `${stdout ?? ""}${stderr ?? ""}`.trim() }
}

export type Proof =
  | { readonly _tag: "Proved"; readonly lines: ReadonlyArray<string> }
  | { readonly _tag: "Skipped"; readonly reason: string }
  | { readonly _tag: "Failed"; readonly output: string }

/** Lists the module, and installs it into an empty root when this user may. */
export const prove = (root: string, repository: string): Proof => {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  const listed = dnf(root, repository, "module", "list")
  if (listed.missing) return { _tag: "Skipped", reason: "dnf is not installed here" }
  const line = listed.output.split("\n").find((one) => /^demo\s+1\s/.test(one))
  if (!listed.ok || line === undefined) return { _tag: "Failed", output: listed.output }
  const lines = [line.trim()]
  if (process.getuid?.() !== 0) {
    return { _tag: "Proved", lines: [...lines, "(installing it into a root of its own needs the superuser)"] }
  }
  const installed = dnf(root, repository, "module", "install", "demo:1/default")
  if (!installed.ok) return { _tag: "Failed", output: installed.output }
  const program = join(root, "usr/bin/demo-hello")
  if (!existsSync(program)) return { _tag: "Failed", output: `${installed.output}\n(and yet there is no ${program})` }
  // The root holds the module and no platform; the C library is this machine's.
  const greeting = spawnSync(program, { encoding: "utf8", env: { LD_LIBRARY_PATH: join(root, "usr/lib64") } })
  const said = greeting.status === 0 ? [`demo-hello says: ${greeting.stdout.trim().replaceAll("\n", " ")}`] : []
  return { _tag: "Proved", lines: [...lines, `installed the profile demo:1/default into ${root}`, ...said] }
}
