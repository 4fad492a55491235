/**
 * Translations of a stream's texts (`document: modulemd-translations`, `version: 1`).
 */
import type { WithUnknownKeys } from "./ModuleContent.ts"

/** The texts in one language; what is absent is shown in the stream's own. */
export interface Translation extends WithUnknownKeys {
  readonly summary: string | undefined
  readonly description: string | undefined
  /** Profile name to its translated description. */
  readonly profiles: ReadonlyMap<string, string>
}

/** All languages of one stream. */
export interface ModuleTranslations extends WithUnknownKeys {
  readonly _tag: "ModuleTranslations"
  readonly module: string
  readonly stream: string
  /** `YYYYMMDDHHMM` by convention, greater than 0; the newest document for a stream counts. */
  readonly modified: bigint
  /** Locale to its texts. */
  readonly translations: ReadonlyMap<string, Translation>
}

/** Translations with everything absent but the given fields. */
export const make = (
  fields: Partial<Omit<ModuleTranslations, "_tag">> & Pick<ModuleTranslations, "module" | "stream" | "modified">
): ModuleTranslations => ({ _tag: "ModuleTranslations", translations: new Map(), ...fields })
