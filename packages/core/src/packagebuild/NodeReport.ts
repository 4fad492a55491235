/**
 * Whether what a node reports can be true of the task that it had.
 *
 * Nodes are machines of others that run code of others: a report is believed only as far as it fits the task.
 */
import * as Arch from "../Arch.ts"
import * as ArtifactPlace from "./ArtifactPlace.ts"
import type { TaskArtifact } from "./BuildTask.ts"
import type { TaskPlan } from "./PackagePlan.ts"
import * as TaskName from "./TaskName.ts"

/** More files than this of one task are refused; the largest packages make some ten thousand. */
export const maxArtifacts = 20_000

/** Whether a text is the name of a file and nothing more: no path, nothing hidden, nothing that moves a terminal's cursor. */
export const isFileName = (text: string): boolean =>
  text.length > 0 && text.length <= 255 && !text.startsWith(".") && !text.startsWith("-")
  && !/[/\\\p{Cc}\p{Cf}\p{Cs}]/u.test(text)

/** Whether a text is a SHA-256: 64 hexadecimal digits in any case. */
export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/i.test(text)

/** Everything that cannot be true of a task that is said to be done, a sentence each; empty when nothing speaks against it. */
export const problems = (
  { arch }: Pick<TaskPlan, "arch">,
  artifacts: ReadonlyArray<TaskArtifact>,
  /** Whether the task builds from a source package that exists already. */
  sourceKnown: boolean
): ReadonlyArray<string> => {
  const said: Array<string> = []
  const hrefs = new Map<string, string>()
  let packages = 0
  for (const { href, name, type } of artifacts) {
    const known = hrefs.get(name)
    if (known !== undefined && known !== href) said.push(`${name} is reported twice, as different files`)
    hrefs.set(name, href)
    if (type !== "rpm") continue
    const found = ArtifactPlace.packageOf(name)
    if (found === undefined) {
      said.push(`${name} is reported as a package and is not called like one`)
    } else if (Arch.isSource(found.arch)) {
      if (arch === TaskName.source) packages++
      else if (sourceKnown) said.push(`${name} is a source package, and there is one already`)
    } else if (belongs(found.arch, arch)) {
      packages++
    } else {
      said.push(`${name} is no package for ${arch}`)
    }
  }
  if (packages === 0) said.push(`no package for ${arch} is reported`)
  if (arch === TaskName.source && packages > 1) said.push(`${packages} source packages are reported instead of one`)
  return said
}

const belongs = (packageArch: string, taskArch: string): boolean =>
  taskArch !== TaskName.source && Arch.runsOn(packageArch, taskArch)
