/** The lines that fetch a repository, and those that ask the same question again. */
import type { Repository } from "@orch/api/shaman/RepositoriesApi"
import * as Blocks from "../Blocks.ts"
import * as ShellLines from "../ShellLines.ts"

/** What was asked; texts are empty where it was not. */
export interface Question {
  readonly project: string
  readonly ref: string
  readonly flavor: string
  readonly sha1: string
  readonly status: string
  /** Places as they were written, separated by commas. */
  readonly at: string
}

const join = (base: string, rest: string): string => base.endsWith("/") ? `${base}${rest}` : `${base}/${rest}`

/**
 * The line for dnf or apt. What was built here is a modular repository, what others reported has a configuration of its own. `origin`
 * is where this server is reached.
 */
export const install = (
  { chacra_url, distro, extra, project, ref, url }: Repository,
  origin: string
): string => {
  if (typeof extra === "object" && extra !== null && "module_build" in extra) {
    return ShellLines.dnf(project, url, origin, "module", "install", `${project}:${ref}`)
  }
  const file = join(ShellLines.absolute(chacra_url, origin), "repo")
  return distro === "ubuntu" || distro === "debian"
    ? ShellLines.line("curl", "-fsSL", file, "-o", `/etc/apt/sources.list.d/${project.replaceAll("/", "-")}.list`)
    : ShellLines.line("dnf", "config-manager", "--add-repo", file)
}

const asked = ({ at, flavor, project, ref, sha1, status }: Question) => {
  const distros = at.replace(/\s+/g, "")
  return { project, ref, flavor, sha1, status, distros }
}

/** The path that answers it as JSON. */
export const path = (question: Question): string =>
  Blocks.address("/orch/v1/repositories", {
    ...asked(question),
    ...(question.at.trim() === "" ? {} : { common_sha1: "true" })
  })

/** The command that answers it. */
export const command = (question: Question): string =>
  ShellLines.line(
    "orch",
    "repo",
    "search",
    ...Object.entries(asked(question)).flatMap(([name, value]) => value === "" ? [] : [`--${name}`, value]),
    ...(question.at.trim() === "" ? [] : ["--common-sha1"])
  )

/** The same for curl. */
export const curl = (question: Question, origin: string): string =>
  ShellLines.line("curl", `${origin}${path(question)}`)
