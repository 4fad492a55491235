/**
 * Any of the documents a modulemd file can hold, told apart by `_tag`.
 */
import type { ModuleDefaults } from "./ModuleDefaults.ts"
import type { ModuleObsoletes } from "./ModuleObsoletes.ts"
import type { ModulePackagerV2 } from "./ModulePackagerV2.ts"
import type { ModulePackagerV3 } from "./ModulePackagerV3.ts"
import type { ModuleStreamV1 } from "./ModuleStreamV1.ts"
import type { ModuleStreamV2 } from "./ModuleStreamV2.ts"
import type { ModuleTranslations } from "./ModuleTranslations.ts"

/** One document of a modulemd file. `switch` over `_tag` to tell the seven kinds apart. */
export type ModulemdDocument =
  | ModuleStreamV1
  | ModuleStreamV2
  | ModulePackagerV2
  | ModulePackagerV3
  | ModuleDefaults
  | ModuleObsoletes
  | ModuleTranslations

/** The value of the YAML key `document`. */
export type Kind =
  | "modulemd"
  | "modulemd-packager"
  | "modulemd-defaults"
  | "modulemd-obsoletes"
  | "modulemd-translations"

/** The value of the YAML key `document` under which the document is written. */
export const kind = (self: ModulemdDocument): Kind => kinds[self._tag]

/** The value of the YAML key `version` next to `document`. */
export const mdversion = (self: ModulemdDocument): 1 | 2 | 3 => {
  switch (self._tag) {
    case "ModulePackagerV3":
      return 3
    case "ModuleStreamV2":
    case "ModulePackagerV2":
      return 2
    default:
      return 1
  }
}

/**
 * `name:stream:version:context:arch`, empty parts kept and trailing colons cut; for other kinds as many parts as they
 * have. A version of 0 counts as none. Packager documents of version 2 have no name, so theirs is "".
 */
export const nsvca = (self: ModulemdDocument): string => {
  switch (self._tag) {
    case "ModuleStreamV1":
    case "ModuleStreamV2":
      return join(self.name, self.stream, version(self.version), self.context, self.arch)
    case "ModulePackagerV3":
      return join(self.name, self.stream)
    case "ModulePackagerV2":
      return ""
    case "ModuleDefaults":
      return join(self.module, self.stream)
    case "ModuleObsoletes":
      return join(self.module, self.stream, undefined, self.context)
    case "ModuleTranslations":
      return join(self.module, self.stream)
  }
}

const kinds: Readonly<Record<ModulemdDocument["_tag"], Kind>> = {
  ModuleStreamV1: "modulemd",
  ModuleStreamV2: "modulemd",
  ModulePackagerV2: "modulemd-packager",
  ModulePackagerV3: "modulemd-packager",
  ModuleDefaults: "modulemd-defaults",
  ModuleObsoletes: "modulemd-obsoletes",
  ModuleTranslations: "modulemd-translations"
}

const version = (value: bigint | undefined): string | undefined => value === 0n ? undefined : value?.toString()

const join = (...parts: ReadonlyArray<string | undefined>): string =>
  parts.map((part) => part ?? "").join(":").replace(/:+$/, "")
