/**
 * Older and packagers' forms turned into what repositories ship, as libmodulemd does: stream v1 to v2, packager v2 to
 * stream v2, packager v3 to one stream v2 per configuration plus defaults. There is no way back.
 */
import * as Result from "effect/Result"
import { compareText } from "../internal/codePointOrder.ts"
import * as ToStream from "./internal/toStreamV2.ts"
import * as ModuleDefaults from "./ModuleDefaults.ts"
import type { ModulemdDocument } from "./ModulemdDocument.ts"
import * as ModulePackagerV2 from "./ModulePackagerV2.ts"
import type { ModulePackagerV3 } from "./ModulePackagerV3.ts"
import type { ModuleStreamV1 } from "./ModuleStreamV1.ts"
import * as ModuleStreamV2 from "./ModuleStreamV2.ts"

/**
 * Why a packager document cannot be expanded, in words for the one who wrote it. `NoConfigurations`: there is none to
 * build for. `NameNeeded`: a profile is a default one, and defaults need the module's name and stream.
 */
export interface UpgradeProblem {
  readonly _tag: "UpgradeProblem"
  readonly reason: "NoConfigurations" | "NameNeeded"
  readonly message: string
}

/** All dependencies become one item with lists of one stream; nothing is expanded. */
export const streamV1: (self: ModuleStreamV1) => ModuleStreamV2.ModuleStreamV2 = ToStream.streamV1

/**
 * The single stream of a packager v3 document: one dependencies item per configuration, in the order of their contexts.
 * With several configurations there is no context, and only the first one's build options have a place.
 */
export const packagerV3ToStream: (self: ModulePackagerV3) => ModuleStreamV2.ModuleStreamV2 = ToStream.packagerV3

/** The stream v2 a package source stands for; `undefined` for documents that are no streams. */
export const toStream: (self: ModulemdDocument) => ModuleStreamV2.ModuleStreamV2 | undefined = ToStream.document

/** What a packager v3 document stands for. */
export interface Expanded {
  /** One per configuration, in the order of their contexts. */
  readonly streams: ReadonlyArray<ModuleStreamV2.ModuleStreamV2>
  /** From the profiles marked `default`; `undefined` when there is none. */
  readonly defaults: ModuleDefaults.ModuleDefaults | undefined
}

/**
 * One stream per configuration, with its own context and build options; and the defaults where profiles are marked so.
 * Fails with `UpgradeProblem`.
 */
export const packagerV3 = (self: ModulePackagerV3): Result.Result<Expanded, UpgradeProblem> => {
  const configurations = ToStream.byContext(self)
  if (configurations.length === 0) return refuse("NoConfigurations", "there is no configuration to build for")
  const names = [...self.profiles].filter(([, profile]) => profile.default).map(([name]) => name).sort(compareText)
  if (names.length > 0 && (self.name === undefined || self.stream === undefined)) {
    return refuse("NameNeeded", `default profiles (${names.join(", ")}) need the name and stream of the module`)
  }
  return Result.succeed({
    streams: configurations.map((configuration) =>
      ModuleStreamV2.make({
        ...ToStream.common(self),
        context: configuration.context,
        buildopts: configuration.buildopts,
        dependencies: [ToStream.dependencies(configuration)]
      })
    ),
    defaults: names.length === 0
      ? undefined
      : ModuleDefaults.make({ module: self.name!, profiles: new Map([[self.stream!, names]]) })
  })
}

/** Name and stream of a module, for documents that leave them to the repository and branch they lie in. */
export interface Identity {
  readonly name?: string | undefined
  readonly stream?: string | undefined
}

/** The document with the name and stream where it has none. */
const named = <A extends Identity>(self: A, { name, stream }: Identity): A => ({
  ...self,
  name: self.name ?? name,
  stream: self.stream ?? stream
})

/**
 * What a repository holds for the document; documents that are current already come back as they are. Fails for a packager
 * v3 document without configurations, and for one with default profiles and no name or stream.
 *
 * @param identity for documents without name or stream. Where it is not given, the streams have none either.
 */
export const document = (
  self: ModulemdDocument,
  identity: Identity = {}
): Result.Result<ReadonlyArray<ModulemdDocument>, UpgradeProblem> => {
  switch (self._tag) {
    case "ModuleStreamV1":
      return Result.succeed([named(streamV1(self), identity)])
    case "ModuleStreamV2":
      return Result.succeed([named(self, identity)])
    case "ModulePackagerV2":
      return Result.succeed([named(ModulePackagerV2.toStream(self), identity)])
    case "ModulePackagerV3":
      return Result.map(
        packagerV3(named(self, identity)),
        ({ defaults, streams }) => defaults === undefined ? streams : [defaults, ...streams]
      )
    default:
      return Result.succeed([self])
  }
}

const refuse = (reason: UpgradeProblem["reason"], message: string): Result.Result<never, UpgradeProblem> =>
  Result.fail({ _tag: "UpgradeProblem", reason, message })
