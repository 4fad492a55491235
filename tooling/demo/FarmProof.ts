/** Proves with the stock tools that what the farm made can be installed by those who trust its key, and by nobody else. */
import { spawn } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"

const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", HOME: "/nonexistent" }

/** Runs a program; whether it succeeded, and what it wrote. */
const run = (
  command: string,
  args: ReadonlyArray<string>
): Promise<{ readonly ok: boolean; readonly output: string }> =>
  new Promise((resolve) => {
    let output = ""
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], timeout: 300_000 })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString()
      })
    }
    child.on("error", (error) => resolve({ ok: false, output: String(error) }))
    child.on("close", (code) => resolve({ ok: code === 0, output: output.trim() }))
  })

const dnf = (root: string, repository: string, key: string, args: ReadonlyArray<string>) =>
  run("dnf", [
    "-y",
    `--installroot=${root}`,
    "--releasever=8",
    "--setopt=reposdir=/nonexistent",
    `--setopt=cachedir=${root}/var/cache/dnf`,
    "--setopt=module_platform_id=platform:el8",
    `--repofrompath=farm,${repository}`,
    "--repo=farm",
    "--setopt=farm.gpgcheck=1",
    `--setopt=farm.gpgkey=file://${key}`,
    ...args
  ])

/** Installs into an empty root, with signatures checked; the packages that are there then. Throws where that does not work. */
export const install = async (
  root: string,
  repository: string,
  key: string,
  args: ReadonlyArray<string>,
  packages: ReadonlyArray<string>
): Promise<ReadonlyArray<string>> => {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  const installed = await dnf(root, repository, key, args)
  if (!installed.ok) throw new Error(`dnf cannot install from ${repository}:\n${installed.output}`)
  const query = await run("rpm", ["--root", root, "-q", ...packages])
  if (!query.ok) throw new Error(`dnf said it installed, and rpm says:\n${query.output}`)
  return query.output.split("\n")
}

/** Whether dnf refuses the same without the key. */
export const isRefused = async (root: string, repository: string, args: ReadonlyArray<string>): Promise<boolean> => {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  return !(await dnf(root, repository, "/dev/null", args)).ok
}
