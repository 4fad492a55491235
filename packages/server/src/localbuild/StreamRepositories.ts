/**
 * Beside the repository of each module build, one for each platform and stream, which holds all builds of the stream: users
 * who have it get new versions by `dnf update`.
 *
 * It is changed after the build's own was published, by a change that is keyed by what it brings, so publishing again
 * changes nothing.
 */
import { contents, Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { deliverables } from "@orch/core/modulebuild/FinalModulemd"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Crypto from "node:crypto"

/** One part of a repository's name. */
const part = (text: string): string => text.replace(/[^A-Za-z0-9._+-]/g, "_").replace(/^[^A-Za-z0-9]/, "0$&")

/** `streams/<platform>/<name>/<stream>`: where all builds of a module's stream for a platform are. */
export const repositoryName = ({ plan: { name, platform, stream } }: ModuleBuild): string =>
  ["streams", ...[platform, name, stream].map(part)].join("/")

/** A publisher that does the same as the one given, and adds each build but scratch builds to its stream's repository. */
export const layer: Layer.Layer<Publisher, never, Publisher | RepositoryHost> = Layer.effect(
  Publisher,
  Effect.gen(function*() {
    const publisher = yield* Publisher
    const host = yield* RepositoryHost

    const addToStream = Effect.fn("StreamRepositories.add")(function*(build: ModuleBuild) {
      const name = repositoryName(build)
      const add = contents(deliverables(build))
      // Numbers of builds begin anew with a new database, and the directory stays; so the content is the key.
      const key = Crypto.createHash("sha256").update(JSON.stringify(add)).digest("hex")
      yield* host.ensure(name)
      yield* host.change(name, { key, add, remove: [] })
      yield* host.publish(name)
    })

    return {
      publish: (build) =>
        Effect.tap(publisher.publish(build), () => build.plan.scratch ? Effect.void : addToStream(build))
    }
  })
)
