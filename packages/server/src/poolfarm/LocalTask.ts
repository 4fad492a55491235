/** A node's task as the local farm builds it: the task's repositories are its buildroot, and the task itself its one component. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import type { NodeTaskWire } from "@orch/api/albs/BuildWire"
import { packageName } from "@orch/core/packagebuild/BuildRef"
import { PlatformData } from "@orch/core/packagebuild/PlatformData"
import type { BuildrootPlan, ComponentRequest } from "@orch/core/ports/BuildSystem"
import * as Schema from "effect/Schema"

/** What the local farm is asked for. */
export interface LocalTask {
  readonly plan: BuildrootPlan
  readonly request: ComponentRequest
}

/** What the worker knows of this machine. */
export interface Machine {
  /** Platform streams that it stands in for. */
  readonly platforms: ReadonlyArray<string>
  /** The directory of a repository of this server; `undefined` for those that are elsewhere. */
  readonly directory: (url: string) => string | undefined
}

const isData = Schema.is(PlatformData)

/** The stream that a platform's names say: `el8` of `.el8`, `AlmaLinux-8` or `el8`, `f41` of `Fedora-41`. */
const streamOf = (names: ReadonlyArray<string>, platforms: ReadonlyArray<string>): string | undefined => {
  const said = names.flatMap((name) => {
    const plain = name.replace(/^\./, "")
    const [, family = "", number] = /^([A-Za-z]+)[ _-]?(?:Linux[ _-]?)?(\d+)/i.exec(plain) ?? []
    return [plain, number === undefined ? "" : `${/^f/i.test(family) ? "f" : "el"}${number}`]
  })
  return said.find((one) => platforms.includes(one))
}

/** A macro's line in a macro file. */
const macroLine = ([name, value]: readonly [string, unknown]): string =>
  `%${name.replace(/^%+/, "")} ${String(value).replaceAll("\n", "\\\n")}\n`

/** The task for the local farm, or why it is none. `lease` is the number of the hand-out. */
export const make = (task: NodeTaskWire, lease: number, machine: Machine): LocalTask | string => {
  const { arch, id, platform: { data, name }, ref } = task
  if (!isData(data)) return "the settings of its platform cannot be read"
  const definitions = Object.fromEntries(
    Object.entries(data.definitions ?? {}).map(([macro, value]) => [macro, String(value)])
  )
  const dist = definitions["dist"] ?? ""
  const platform = streamOf([data.mock_dist ?? "", dist, name], machine.platforms)
  if (platform === undefined) return `this machine stands in for ${machine.platforms.join(", ")}, not for ${name}`
  const key = `node-task-${id}-${lease}`
  const isSource = arch === "src"
  const modules = task.repositories.flatMap((repository) => {
    const location = machine.directory(repository.url)
    return location === undefined
      ? []
      : [{ name: repository.name, stream: "", version: 0n, context: "", location, filter: excludes(data) }]
  })
  const isPacked = ref.ref_type === AlbsStatus.ofRefType.srpm_url
  const location = isSource ? ref.url : task.built_srpm_url
  if (!isSource && location === null) return "there is no source package to build it from"
  if (isSource && !isPacked && ref.git_commit_hash === null && ref.git_ref === null) return "its source has no revision"
  return {
    plan: {
      key,
      name: "node-task",
      stream: String(id),
      version: BigInt(lease),
      context: "",
      platform,
      arches: isSource ? [] : [arch],
      distTag: dist.replace(/^\./, "") || platform,
      macros: [...Object.entries(data.mock?.macros ?? {}), ...Object.entries(definitions)].map(macroLine).join(""),
      packages: [],
      modules: isSource ? [] : modules,
      groups: {},
      blocked: [],
      scratch: false
    },
    request: {
      key,
      component: packageName({ type: isPacked ? "srpm_url" : "git_ref", url: ref.url }),
      source: isSource && !isPacked
        ? { _tag: "Git", repository: ref.url, commit: ref.git_commit_hash ?? ref.git_ref ?? "" }
        : { _tag: "Srpm", location: location ?? "" },
      arches: [arch],
      priority: 0,
      buildOnly: false
    }
  }
}

/** Names of packages that must not be seen; patterns mean nothing to the local farm. */
const excludes = ({ yum }: PlatformData): ReadonlyArray<string> => (yum?.exclude ?? "").split(/\s+/).filter(Boolean)
