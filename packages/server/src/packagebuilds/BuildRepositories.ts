/** A build's own repositories: made when it begins, filled while it goes on, removed with it. */
import * as Nevra from "@orch/core/Nevra"
import * as ArtifactPlace from "@orch/core/packagebuild/ArtifactPlace"
import * as BuildTask from "@orch/core/packagebuild/BuildTask"
import * as ModularContent from "@orch/core/packagebuild/ModularContent"
import * as PackageBuild from "@orch/core/packagebuild/PackageBuild"
import * as Taking from "@orch/core/packagebuild/Taking"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import type { Content, RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as SelfUrl from "../albs/SelfUrl.ts"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import type { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as ReportedArtifacts from "./ReportedArtifacts.ts"

type Host = RepositoryHost["Service"]
type Store = ArtifactStore["Service"]

/** The name of a repository toward its host. */
const hostName = (name: string): string => `builds/${name}`

/** Repositories of one build that are worked on at the same time. */
const concurrency = 4

/** All repositories of a build, as places. */
const places = ({ id, plan }: PackageBuild.PackageBuild) =>
  plan.platforms.flatMap(({ arches, name: platform }) =>
    ArtifactPlace.all(arches).map((place) => ({
      platform,
      ...place,
      name: ArtifactPlace.repositoryName(platform, place, id)
    }))
  )

/** Makes them; safe to repeat. */
export const prepare = (host: Host, build: PackageBuild.PackageBuild) =>
  Effect.forEach(
    places(build),
    Effect.fnUntraced(function*({ arch, debug, name, platform }) {
      yield* host.ensure(hostName(name))
      const { url } = yield* host.publish(hostName(name))
      const made: PackageBuild.BuildRepository = { name, platform, arch, debug, type: "rpm", url: SelfUrl.store(url) }
      return made
    }),
    { concurrency }
  )

/** Removes them; those that are not there are fine. */
export const remove = (host: Host, build: PackageBuild.PackageBuild) =>
  Effect.forEach(places(build), ({ name }) => host.remove(hostName(name)), { concurrency, discard: true })

/** Changes repositories, each at once, under one key. */
const change = (
  host: Host,
  key: string,
  changes: ReadonlyMap<string, { readonly add: ReadonlyArray<Content>; readonly remove: ReadonlyArray<string> }>
) =>
  Effect.forEach(
    changes,
    ([name, { add, remove: gone }]) =>
      host.change(hostName(name), { key, add, remove: gone }).pipe(Effect.andThen(host.publish(hostName(name)))),
    { concurrency, discard: true }
  )

/** The file name of the source package that a task's packages must come from; `undefined` for the task that makes it. */
const sourceOf = (
  { plan, tasks }: PackageBuild.PackageBuild,
  task: string
): string | undefined => {
  const own = plan.tasks.find(({ name }) => name === task)
  const source = own === undefined || own.arch === TaskName.source ? undefined : tasks.get(TaskName.sourceOf(own))
  return source?.artifacts.find(({ name }) => ArtifactPlace.isSource(name))?.name
}

/**
 * What the modules of a platform say of one architecture, with the packages that are there: nodes cannot install packages of a module
 * that the repository does not describe.
 */
export const moduleContent = (
  build: PackageBuild.PackageBuild,
  platform: string,
  arch: string,
  /** Artifacts that are on their way, by task. */
  coming: ReadonlyMap<string, ReadonlyArray<BuildTask.TaskArtifact>> = new Map()
): ReadonlyArray<Content> => {
  const modules = build.plan.modules.filter((module) => module.platform === platform)
  return modules.flatMap((module, position) => {
    const built = build.plan.tasks.flatMap(
      ({ arch: own, index, name, platform: on }): ReadonlyArray<ModularContent.Built> => {
        if (on !== platform || own !== arch || build.plan.refs[index]!.module !== position) return []
        const task = build.tasks.get(name)!
        const added = coming.get(name) ?? []
        const all = task.state === "completed" ? BuildTask.withArtifacts(task, added) : { ...task, artifacts: added }
        return BuildTask.packages(all).flatMap(({ license, nevra }) =>
          nevra === undefined ? [] : [{
            nevra: Nevra.parseUnsafe(nevra),
            ...(license === undefined ? {} : { license }),
            multilib: !nevra.endsWith(`.${arch}`) && !/\.(?:noarch|src)$/.test(nevra)
          }]
        )
      }
    )
    return ModularContent.make(module, arch, built).map(({ id, text }): Content => ({ _tag: "Modulemd", id, text }))
  })
}

/** By name of the repository. */
type Changes = Map<string, { readonly add: Array<Content>; readonly remove: Array<string> }>

/** Adds files that were looked at to what becomes of repositories. */
const addTo = (
  changes: Changes,
  build: PackageBuild.PackageBuild,
  own: { readonly platform: string; readonly arch: string },
  checked: ReadonlyArray<ReportedArtifacts.Checked>
): void => {
  for (const { artifact, nevra, path } of checked) {
    const place = ArtifactPlace.of(artifact.name, own.arch)
    if (nevra === undefined || place === undefined) continue
    const name = ArtifactPlace.repositoryName(own.platform, place, build.id)
    const changed = changes.get(name) ?? { add: [], remove: [] }
    changed.add.push({
      _tag: "Package",
      nevra,
      location: path,
      ...(artifact.sha256 === undefined ? {} : { sha256: artifact.sha256 })
    })
    changes.set(name, changed)
  }
}

/** Puts the source packages of tasks into their repositories, those of a repository at once; why not, by the names of tasks whose files are unusable. */
export const storeSources = Effect.fnUntraced(function*(
  host: Host,
  store: Store,
  build: PackageBuild.PackageBuild,
  tasks: ReadonlyArray<BuildTask.BuildTask>
) {
  const plans = new Map(build.plan.tasks.map((plan) => [plan.name, plan]))
  const unusable = new Map<string, string>()
  const changes: Changes = new Map()
  for (const { artifacts, name } of tasks) {
    const sources = artifacts.filter((one) => ArtifactPlace.isSource(one.name))
    const checked = yield* ReportedArtifacts.check(store, sources, undefined).pipe(
      Effect.catchTag(
        "ArtifactsUnusable",
        ({ message }) => Effect.as(Effect.sync(() => unusable.set(name, message)), [])
      )
    )
    addTo(changes, build, plans.get(name)!, checked)
  }
  const attempts = tasks.map(({ attempt, name }) => `${name}#${attempt}`).sort().join("\n")
  const key = createHash("sha256").update(attempts).digest("hex")
  yield* change(host, `${PackageBuild.key(build.id)}/sources/${key}`, changes)
  return unusable
})

/**
 * Takes what one task left into the repositories of its architecture. A source package can be fetched from `srpm`; into its repository it
 * comes later (`unstored`), since nothing that is built needs it there.
 */
export const take = Effect.fnUntraced(function*(
  host: Host,
  store: Store,
  build: PackageBuild.PackageBuild,
  task: BuildTask.BuildTask
) {
  const own = build.plan.tasks.find(({ name }) => name === task.name)!
  // The source package of an architecture's task is there already: it was built from it.
  const known = own.arch !== TaskName.source && build.tasks.get(TaskName.sourceOf(own))?.state === "completed"
  const brought = task.artifacts.filter(({ name }) => !(known && ArtifactPlace.isSource(name)))
  const checked = yield* ReportedArtifacts.check(store, brought, sourceOf(build, task.name))
  if (task.state === "processing" && own.arch !== TaskName.source) {
    const changes: Changes = new Map()
    addTo(changes, build, own, checked)
    const main = ArtifactPlace.repositoryName(own.platform, { arch: own.arch, debug: false }, build.id)
    const coming = new Map([[task.name, checked.map(({ artifact }) => artifact)]])
    const documents = moduleContent(build, own.platform, own.arch, coming)
    if (documents.length > 0) {
      const changed = changes.get(main) ?? { add: [], remove: [] }
      changed.add.push(...documents)
      changes.set(main, changed)
    }
    yield* change(host, `${PackageBuild.key(build.id)}/${task.name}/${task.attempt}`, changes)
  }
  const srpm = checked.find(({ artifact }) => ArtifactPlace.isSource(artifact.name))
  return {
    artifacts: checked.map(({ artifact }) => artifact),
    ...(own.arch !== TaskName.source || srpm?.artifact.sha256 === undefined ? {} : {
      srpm: {
        url: SelfUrl.store(ArtifactHref.content(srpm.artifact.sha256, srpm.artifact.name)),
        sha256: srpm.artifact.sha256
      }
    }),
    ...(own.arch === TaskName.source && task.state === "processing" && srpm !== undefined ? { unstored: true } : {})
  }
})

/** Gives the repositories of all architectures what they share. */
export const settle = Effect.fnUntraced(function*(
  host: Host,
  store: Store,
  build: PackageBuild.PackageBuild,
  group: { readonly platform: string; readonly index: number },
  multilib: ReadonlyArray<string>
) {
  const changes = new Map<string, { add: Array<Content>; remove: Array<string> }>()
  for (const { added, task } of Taking.shared(build, group, multilib)) {
    const { arch, platform } = build.plan.tasks.find(({ name }) => name === task)!
    const checked = yield* ReportedArtifacts.check(store, added, undefined)
    for (const { artifact, nevra, path } of checked) {
      const place = ArtifactPlace.of(artifact.name, arch)
      if (nevra === undefined || place === undefined) continue
      const name = ArtifactPlace.repositoryName(platform, place, build.id)
      const changed = changes.get(name) ?? { add: [], remove: [] }
      changed.add.push({ _tag: "Package", nevra, location: path })
      changes.set(name, changed)
    }
    const documents = moduleContent(build, platform, arch, new Map([[task, checked.map(({ artifact }) => artifact)]]))
    const main = changes.get(ArtifactPlace.repositoryName(platform, { arch, debug: false }, build.id))
    if (documents.length > 0 && main !== undefined) main.add.push(...documents)
  }
  const attempts = PackageBuild.group(build, group).map(({ task }) => task.attempt).join(".")
  yield* change(host, `${PackageBuild.key(build.id)}/${group.platform}/${group.index}/shared/${attempts}`, changes)
})

/** A file that takes the place of another of the same name. */
export interface Replacement {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly sha256?: string
}

/**
 * Puts signed packages where the unsigned ones are, in every repository that has them. Fails with `ArtifactsUnusable` where a file is not
 * the package it stands for, or is not signed with the key.
 */
export const replace = Effect.fnUntraced(function*(
  host: Host,
  store: Store,
  build: PackageBuild.PackageBuild,
  key: string,
  replacements: ReadonlyArray<Replacement>,
  keyId: string
) {
  const signed = yield* ReportedArtifacts.check(
    store,
    replacements.map(({ name, sha256, to }) => ({
      name,
      type: "rpm",
      href: to,
      ...(sha256 === undefined ? {} : { sha256 })
    })),
    undefined
  )
  yield* ReportedArtifacts.checkSignatures(signed, keyId)
  const byHref = new Map(replacements.map(({ from }, index) => [from, signed[index]!]))
  const changes = new Map<string, { add: Array<Content>; remove: Array<string> }>()
  for (const { arch, name: task, platform } of build.plan.tasks) {
    for (const { href, name: file } of build.tasks.get(task)!.artifacts) {
      const found = byHref.get(href)
      const place = ArtifactPlace.of(file, arch)
      if (found?.nevra === undefined || place === undefined) continue
      const name = ArtifactPlace.repositoryName(platform, place, build.id)
      const changed = changes.get(name) ?? { add: [], remove: [] }
      changed.add.push({ _tag: "Package", nevra: found.nevra, location: found.path })
      changes.set(name, changed)
    }
  }
  yield* change(host, `${PackageBuild.key(build.id)}/${key}`, changes)
})
