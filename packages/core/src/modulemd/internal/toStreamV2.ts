/**
 * Streams v1 and packager documents as streams v2: the part of upgrading that cannot fail.
 */
import { compareText } from "../../internal/codePointOrder.ts"
import type { ModulemdDocument } from "../ModulemdDocument.ts"
import * as ModulePackagerV2 from "../ModulePackagerV2.ts"
import type { Configuration, ModulePackagerV3 } from "../ModulePackagerV3.ts"
import type { ModuleStreamV1 } from "../ModuleStreamV1.ts"
import * as ModuleStreamV2 from "../ModuleStreamV2.ts"

/** All dependencies become one item with lists of one stream; nothing is expanded. */
export const streamV1 = (self: ModuleStreamV1): ModuleStreamV2.ModuleStreamV2 => {
  const { _tag: _, artifacts, buildrequires, requires, ...shared } = self
  const item = { buildrequires: listsOfOne(buildrequires), requires: listsOfOne(requires) }
  return ModuleStreamV2.make({
    ...shared,
    dependencies: buildrequires.size > 0 || requires.size > 0 ? [item] : [],
    artifacts: { rpms: artifacts, rpmMap: new Map() }
  })
}

/**
 * The single stream of a packager v3 document: one dependencies item per configuration, in the order of their contexts.
 * With several configurations there is no context, and only the first one's build options have a place.
 */
export const packagerV3 = (self: ModulePackagerV3): ModuleStreamV2.ModuleStreamV2 => {
  const configurations = byContext(self)
  const [first] = configurations
  return ModuleStreamV2.make({
    ...common(self),
    ...(configurations.length === 1 ? { context: first!.context } : {}),
    ...(first === undefined ? {} : { buildopts: first.buildopts }),
    dependencies: configurations.map(dependencies)
  })
}

/** The stream v2 a package source stands for; `undefined` for documents that are no streams. */
export const document = (self: ModulemdDocument): ModuleStreamV2.ModuleStreamV2 | undefined => {
  switch (self._tag) {
    case "ModuleStreamV1":
      return streamV1(self)
    case "ModuleStreamV2":
      return self
    case "ModulePackagerV2":
      return ModulePackagerV2.toStream(self)
    case "ModulePackagerV3":
      return packagerV3(self)
    default:
      return undefined
  }
}

const listsOfOne = (map: ReadonlyMap<string, string>): ReadonlyMap<string, ReadonlyArray<string>> =>
  new Map([...map].map(([name, stream]) => [name, [stream]]))

export const byContext = (self: ModulePackagerV3): ReadonlyArray<Configuration> =>
  [...self.configurations].sort((a, b) => compareText(a.context, b.context))

/** The platform is a required module like the others; one that is named twice is taken with both streams. */
const withPlatform = (
  platform: string,
  map: ReadonlyMap<string, string>
): ReadonlyMap<string, ReadonlyArray<string>> => {
  const lists = new Map(listsOfOne(map))
  lists.set("platform", [...new Set([platform, ...(lists.get("platform") ?? [])])].sort(compareText))
  return lists
}

export const dependencies = (configuration: Configuration) => ({
  buildrequires: withPlatform(configuration.platform, configuration.buildrequires),
  requires: withPlatform(configuration.platform, configuration.requires)
})

/** What all streams of the document share; the mark of default profiles moves into the defaults. */
export const common = (self: ModulePackagerV3): Partial<Omit<ModuleStreamV2.ModuleStreamV2, "_tag">> => ({
  name: self.name,
  stream: self.stream,
  summary: self.summary,
  description: self.description,
  license: { module: self.license.length === 0 ? ["MIT"] : self.license, content: [] },
  xmd: self.xmd,
  references: self.references,
  profiles: new Map([...self.profiles].map(([name, profile]) => [name, { ...profile, default: false }])),
  api: self.api,
  filter: self.filter,
  demodularized: self.demodularized,
  components: self.components,
  ...(self.unknown === undefined ? {} : { unknown: self.unknown })
})
