/**
 * Makes a finished module build's repository: the packages that survive the module's filter, and its modulemd.
 *
 * The repository is named after the build, and the change after its key, so publishing again changes nothing.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Deliverables, deliverables } from "../../modulebuild/FinalModulemd.ts"
import { key, type ModuleBuild, results } from "../../modulebuild/ModuleBuild.ts"
import * as ModuleBuildLog from "../../modulebuild/ModuleBuildLog.ts"
import {
  type Content,
  type Origin,
  type Publication,
  RepositoryHost,
  type RepositoryHostError
} from "../../ports/RepositoryHost.ts"

/** What can be asked of a publisher. */
export interface Interface {
  /**
   * Makes and publishes the repository of a build whose components are all built, and returns where readers find it.
   * Safe to repeat.
   */
  readonly publish: (build: ModuleBuild) => Effect.Effect<Publication, RepositoryHostError>
}

/** The service that publishes finished module builds. */
export class Publisher extends Context.Service<Publisher, Interface>()("@orch/core/engine/modulebuild/Publisher") {
  static readonly layer: Layer.Layer<Publisher, never, RepositoryHost> = Layer.effect(
    Publisher,
    Effect.gen(function*() {
      const host = yield* RepositoryHost
      return {
        publish: Effect.fn("Publisher.publish")(function*(build: ModuleBuild) {
          const name = repositoryName(build)
          const delivered = deliverables(build)
          yield* host.ensure(name)
          yield* host.change(name, {
            key: key(build.id),
            origin: origin(build, delivered),
            add: contents(delivered),
            remove: []
          })
          return yield* host.publish(name)
        })
      }
    })
  )
}

/** What a finished build adds to a repository: its packages, and its document for each architecture. */
export const contents = ({ documents, packages }: Deliverables): ReadonlyArray<Content> => [
  ...packages.map(({ location, nevra, sha256 }) => ({
    _tag: "Package" as const,
    nevra,
    location,
    ...(sha256 === undefined ? {} : { sha256 })
  })),
  ...documents.map(({ id, text }) => ({ _tag: "Modulemd" as const, id, text }))
]

const origin = (build: ModuleBuild, delivered: Deliverables): Origin => ({
  build: build.id,
  owner: build.plan.owner,
  platform: build.plan.platform,
  scmurl: build.plan.scmurl,
  begun: build.createdAt,
  ended: ModuleBuildLog.endOf(build),
  // Written only where the host looks at them.
  get modulemd() {
    return delivered.modulemd
  },
  get complement() {
    return delivered.complement
  },
  nvrs: results(build).map(({ nvr }) => nvr),
  log: ModuleBuildLog.format(build)
})

/** `modules/<name>-<stream>-<version>-<context>`, and the build's id for scratch builds, which may repeat the rest. */
export const repositoryName = (build: ModuleBuild): string => {
  const { context, name, scratch, stream, version } = build.plan
  const own = `${name}-${stream}-${version}-${context}`.replace(/[^A-Za-z0-9._+-]/g, "_")
  return scratch ? `scratch/${own}-${build.id}` : `modules/${own}`
}
