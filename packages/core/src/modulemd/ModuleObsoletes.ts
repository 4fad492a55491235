/**
 * The end of a stream, or of one context of it (`document: modulemd-obsoletes`, `version: 1`), with what replaces it.
 */
import type { WithUnknownKeys } from "./ModuleContent.ts"

/** That a stream ends, when, and what takes its place. */
export interface ModuleObsoletes extends WithUnknownKeys {
  readonly _tag: "ModuleObsoletes"
  /** `YYYY-MM-DDTHH:MMZ`. */
  readonly modified: string
  /** Takes back the obsoletes written before. */
  readonly reset: boolean
  readonly module: string
  readonly stream: string
  /** `undefined` means every context. */
  readonly context: string | undefined
  /** `YYYY-MM-DDTHH:MMZ`; `undefined` means at once. */
  readonly eolDate: string | undefined
  readonly message: string
  readonly obsoletedBy: WithUnknownKeys & { readonly module: string; readonly stream: string } | undefined
}

/** Obsoletes with everything absent but the given fields. */
export const make = (
  fields: Partial<Omit<ModuleObsoletes, "_tag">> & Pick<ModuleObsoletes, "modified" | "module" | "stream" | "message">
): ModuleObsoletes => ({
  _tag: "ModuleObsoletes",
  reset: false,
  context: undefined,
  eolDate: undefined,
  obsoletedBy: undefined,
  ...fields
})
