/** A farm of the operator's own: what it builds is published by the host that the installation has. */
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import type { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as StreamRepositories from "../localbuild/StreamRepositories.ts"
import { ModuleLocations } from "./ModuleLocations.ts"

/**
 * Publishes each finished build, and adds it to its stream's repository. Made anew: beside a farm of the server's, it must not be
 * that farm's publisher.
 */
export const publisher = <E>(host: Layer.Layer<RepositoryHost, E>): Layer.Layer<Publisher, E> =>
  Layer.fresh(StreamRepositories.layer).pipe(Layer.provide(Layer.fresh(Publisher.layer)), Layer.provide(host))

/** A farm that takes any platform is offered those of the settings: resolution has to know which there are. */
const onPlatforms = <E>(system: Layer.Layer<BuildSystem, E>, platforms: ReadonlyArray<string>) =>
  Layer.effect(
    BuildSystem,
    Effect.map(BuildSystem, (farm) =>
      farm.capabilities.platforms === undefined
        ? { ...farm, capabilities: { ...farm.capabilities, platforms } }
        : farm)
  ).pipe(Layer.provide(system))

/** The farm, its publisher, and where other builds find what it delivered: the directory of the repository, or its address. */
export const layer = <E, E2>(
  system: Layer.Layer<BuildSystem, E>,
  host: Layer.Layer<RepositoryHost, E2>,
  platforms: ReadonlyArray<string>
) =>
  Layer.mergeAll(
    onPlatforms(system, platforms),
    publisher(host),
    Layer.succeed(ModuleLocations, { of: ({ progress: { published } }) => published?.path ?? published?.url })
  )
