/** The ports that operators may stand behind with modules of their own: the build system and the repository host. */
import * as BuildSystem from "@orch/core/ports/BuildSystem"
import * as PlainFunctions from "@orch/core/ports/PlainFunctions"
import * as RepositoryHost from "@orch/core/ports/RepositoryHost"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Port } from "./OwnModule.ts"

const lacks = (object: unknown, names: ReadonlyArray<string>): string | undefined => {
  const missing = PlainFunctions.missing(object, names)
  return missing.length === 0
    ? undefined
    : `it is not a layer, and as an object of functions it lacks ${missing.join(", ")}`
}

const Capabilities = Schema.Struct({
  name: Schema.String,
  arches: Schema.Array(Schema.String).check(Schema.isNonEmpty()),
  platforms: Schema.optional(Schema.Array(Schema.String)),
  bulk: Schema.Int.check(Schema.isGreaterThan(0))
})
const decodeCapabilities = Schema.decodeUnknownResult(Capabilities)

/** A farm of one's own. */
export const buildSystem: Port<BuildSystem.BuildSystem, BuildSystem.Interface> = {
  service: BuildSystem.BuildSystem,
  guide: "docs/writing-a-build-system.md",
  ofFunctions: (object) => {
    const lacking = lacks(object, BuildSystem.promisesNeeded)
    if (lacking !== undefined) return Result.fail(lacking)
    return Result.mapBoth(decodeCapabilities(object["capabilities"]), {
      onFailure: ({ message }) => `its capabilities cannot be used: ${message}`,
      onSuccess: () => BuildSystem.BuildSystem.fromPromises(object as unknown as BuildSystem.Promises)
    })
  }
}

/** A storage of one's own. */
export const repositoryHost: Port<RepositoryHost.RepositoryHost, RepositoryHost.Interface> = {
  service: RepositoryHost.RepositoryHost,
  guide: "docs/writing-a-repository-host.md",
  ofFunctions: (object) => {
    const lacking = lacks(object, RepositoryHost.promisesNeeded)
    return lacking === undefined
      ? Result.succeed(RepositoryHost.RepositoryHost.fromPromises(object as unknown as RepositoryHost.Promises))
      : Result.fail(lacking)
  }
}
