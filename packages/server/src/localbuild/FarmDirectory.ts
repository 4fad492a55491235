/**
 * Where the local farm keeps what it knows. Everything that must outlive a server process is here, in files that are
 * written whole, so that any number of processes on one machine can share the directory.
 */
import type { BuildrootPlan, ComponentRequest } from "@orch/core/ports/BuildSystem"
import * as Crypto from "node:crypto"
import * as Path from "node:path"

export interface FarmDirectory {
  readonly root: string
  /** One marker per task that has not ended. */
  readonly open: string
  readonly slots: string
  readonly platforms: string
  readonly buildroots: string
  readonly tasks: string
}

export const make = (dataDir: string): FarmDirectory => {
  const root = Path.resolve(dataDir, "farm")
  return {
    root,
    open: Path.join(root, "open"),
    slots: Path.join(root, "slots"),
    platforms: Path.join(root, "platforms"),
    buildroots: Path.join(root, "buildroots"),
    tasks: Path.join(root, "tasks")
  }
}

const digest = (parts: ReadonlyArray<string>): string =>
  Crypto.createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16)

const readable = (text: string): string => text.replace(/[^A-Za-z0-9._+-]/g, "_").replace(/^[.-]/, "_").slice(0, 80)

/** A task's and a buildroot's name may come back from outside: nothing else is ever looked up on disk. */
export const isId = (text: string): boolean => /^[A-Za-z0-9_+][A-Za-z0-9._+-]{0,119}$/.test(text)

/**
 * The same plan has the same name. Not the key alone, which counts module builds: after a database was made anew, key 1
 * is another build, and must not find the results of the first.
 */
export const buildrootId = (plan: BuildrootPlan): string => {
  const { context, distTag, key, name, platform, stream } = plan
  const version = plan.version.toString()
  return `${readable(`${name}-${stream}`)}-${digest([key, name, stream, version, context, platform, distTag])}`
}

/** Whose results may be taken over from one module build to the next: builds of one stream and context for one platform. */
export const lineOf = ({ context, name, platform, stream }: BuildrootPlan): string =>
  JSON.stringify([name, stream, context, platform])

/** The same request in the same buildroot has the same name, whoever asks. */
export const taskId = (buildroot: string, { component, key, source }: ComponentRequest): string =>
  `${readable(component)}-${digest([buildroot, key, component, JSON.stringify(source)])}`

export const taskPath = (self: FarmDirectory, task: string): string => Path.join(self.tasks, task)
export const buildrootPath = (self: FarmDirectory, id: string): string => Path.join(self.buildroots, id)
