/** What builds bring to a release: packages with all that planning looks at, and the documents of their modules. */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import type { Content } from "@orch/core/ports/RepositoryHost"
import { moduleOf, type ReleaseModule, type ReleasePackage } from "@orch/core/release/ReleasePackage"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import type { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as BuildRepositories from "../packagebuilds/BuildRepositories.ts"
import * as PackageHeaders from "./PackageHeaders.ts"
import * as SignatureCheck from "./SignatureCheck.ts"

/** Builds that cannot be released as they are. */
export class BuildsUnusable extends Data.TaggedError("BuildsUnusable")<{ readonly message: string }> {
  readonly isRetryable = false
}

/** What is asked for. */
export interface Question {
  /** Names of platforms whose results count. */
  readonly platforms: ReadonlySet<string>
  /** Numbers of the tasks whose results count, with their source packages; all without it. */
  readonly tasks: ReadonlySet<number> | undefined
  /** Armoured public keys; where there are some, a signature counts that one of them verifies, else the one a package names. */
  readonly publicKeys: ReadonlyArray<string>
}

/** What the builds bring. */
export interface Contents {
  readonly packages: ReadonlyArray<ReleasePackage>
  readonly modules: ReadonlyArray<ReleaseModule>
  /** File names of the source packages. */
  readonly sources: ReadonlyArray<string>
}

interface File {
  readonly build: number
  readonly name: string
  readonly href: string
  readonly sha256: string
  readonly task: string
}

/** Names of the tasks of a build whose results count. */
const wantedTasks = (build: PackageBuild, { platforms, tasks }: Question): ReadonlySet<string> => {
  const chosen = build.plan.tasks.filter(({ name, platform }, position) =>
    platforms.has(platform) && build.tasks.get(name)?.state === "completed"
    && (tasks === undefined || tasks.has(TaskName.number(build.plan, position)))
  )
  return new Set([
    ...chosen.map(({ name }) => name),
    ...chosen.map(TaskName.sourceOf).filter((name) => build.tasks.get(name)?.state === "completed")
  ])
}

const filesOf = (build: PackageBuild, wanted: ReadonlySet<string>): ReadonlyArray<File> => {
  const found = new Map<string, File>()
  for (const { arch, name } of build.plan.tasks) {
    if (!wanted.has(name)) continue
    for (const artifact of build.tasks.get(name)!.artifacts) {
      const sha256 = ArtifactHref.parse(artifact.href)
      if (artifact.type !== "rpm" || sha256 === undefined || found.has(sha256)) continue
      found.set(sha256, {
        build: build.id,
        name: artifact.name,
        href: ArtifactHref.artifact(sha256),
        sha256,
        task: arch
      })
    }
  }
  return [...found.values()]
}

/** NEVRAs of the packages that a document ships. */
const artifactsIn = (text: string): ReadonlyArray<string> =>
  Modulemd.read(text).documents.flatMap((one) => Upgrade.toStream(one)?.artifacts.rpms ?? [])

const modulesOf = (build: PackageBuild, wanted: ReadonlySet<string>): ReadonlyArray<ReleaseModule> => {
  const places = new Map(
    build.plan.tasks.filter(({ arch, name }) => wanted.has(name) && arch !== TaskName.source)
      .map(({ arch, platform }) => [`${platform} ${arch}`, { arch, platform }])
  )
  return [...places.values()].flatMap(({ arch, platform }) =>
    BuildRepositories.moduleContent(build, platform, arch).flatMap((content: Content): ReadonlyArray<ReleaseModule> =>
      content._tag === "Modulemd"
        ? [{ id: content.id, text: content.text, build: build.id, artifacts: artifactsIn(content.text) }]
        : []
    )
  )
}

/** `name:stream` of the module that ships a package, by build and NEVRA. */
const shippedBy = (modules: ReadonlyArray<ReleaseModule>): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const module of modules.toReversed()) {
    for (const nevra of module.artifacts) found.set(`${module.build} ${nevra}`, moduleOf(module))
  }
  return found
}

/** What the builds bring; fails where a file of theirs is not there or cannot be read. */
export const collect = Effect.fn("BuildContents.collect")(function*(
  store: ArtifactStore["Service"],
  builds: ReadonlyArray<PackageBuild>,
  question: Question
): Effect.fn.Return<Contents, BuildsUnusable | PackageHeaders.HeadersUnreadable> {
  const chosen = builds.map((build) => ({ build, tasks: wantedTasks(build, question) }))
  const files = chosen.flatMap(({ build, tasks }) => filesOf(build, tasks))
  const modules = chosen.flatMap(({ build, tasks }) => modulesOf(build, tasks))
  const there = yield* Effect.forEach(
    files,
    (file) =>
      Effect.flatMap(store.find(file.sha256), (found) =>
        found === undefined
          ? Effect.fail(new BuildsUnusable({ message: `${file.name} of build ${file.build} is no longer there` }))
          : Effect.succeed(found.path))
  )
  if (there.length === 0) return { packages: [], modules, sources: [] }
  const root = Path.resolve(there[0]!, "../..")
  const headers = yield* PackageHeaders.read(root, there)
  const verified = question.publicKeys.length === 0
    ? undefined
    : yield* SignatureCheck.verified(root, there, question.publicKeys)
  const modular = shippedBy(modules)
  const packages = files.map((file, index): ReleasePackage => {
    const { keyId, nevra, provides, requires, source } = headers[index]!
    const module = modular.get(`${file.build} ${nevra}`)
    const counts = keyId !== undefined && (verified === undefined || verified.has(there[index]!))
    return {
      nevra,
      sha256: file.sha256,
      location: file.href,
      build: file.build,
      source,
      task: file.task,
      signers: counts ? [keyId] : [],
      requires,
      provides,
      ...(module === undefined ? {} : { module })
    }
  })
  return { packages, modules, sources: [...new Set(headers.map(({ sourceFile }) => sourceFile))].sort() }
})

/** Whether a build's packages may go out: all is built that will be, and something is. */
export const problemOf = (build: PackageBuild): string | undefined =>
  build.state === "removed"
    ? `Build ${build.id} was removed`
    : build.state !== "finished"
    ? `Build ${build.id} has not finished`
    : [...build.tasks.values()].every(({ state }) => state !== "completed")
    ? `Build ${build.id} has no packages`
    : undefined
