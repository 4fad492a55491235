/** The lines that fetch a repository, and those that ask the same question again. */
import type { Repository } from "@orch/api/shaman/RepositoriesApi"
import * as Blocks from "../Blocks.ts"

/** What was asked; texts are empty where it was not. */
export interface Question {
  readonly project: string
  readonly ref: string
  readonly flavor: string
  readonly sha1: string
  readonly status: string
  readonly at: string
}

const plain = /^[\w@%+=:,./~-]+$/

/** A word of a shell's command line, quoted where it has to be. */
export const word = (text: string): string => plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

const join = (base: string, rest: string): string => base.endsWith("/") ? `${base}${rest}` : `${base}/${rest}`

/**
 * The line for dnf or apt. What was built here is a modular repository, what others reported has a configuration of its own. `origin` is where this server is reached.
 */
export const install = (
  { chacra_url, distro, extra, project, ref, url }: Repository,
  origin: string
): string => {
  const full = (address: string) => address.startsWith("/") ? `${origin}${address}` : address
  const isModule = typeof extra === "object" && extra !== null && "module_build" in extra
  if (isModule) {
    return `dnf --repofrompath=${word(`${project},${full(url)}`)} --repo=${word(project)} --nogpgcheck module install ${
      word(`${project}:${ref}`)
    }`
  }
  const file = word(join(full(chacra_url), "repo"))
  return distro === "ubuntu" || distro === "debian"
    ? `curl -fsSL ${file} -o ${word(`/etc/apt/sources.list.d/${project.replaceAll("/", "-")}.list`)}`
    : `dnf config-manager --add-repo ${file}`
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
  ["orch repo search"].concat(
    Object.entries(asked(question)).filter(([, value]) => value !== "").map(([name, value]) =>
      `--${name} ${word(value)}`
    ),
    question.at.trim() === "" ? [] : ["--common-sha1"]
  ).join(" ")

/** The same for curl. */
export const curl = (question: Question, origin: string): string => `curl ${word(`${origin}${path(question)}`)}`
