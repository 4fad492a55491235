/** What the Promise client tells of how builds differ, and of what may be done to things. Plain types, held to the API's by a test. */
import type { ComponentState } from "./ComponentState.ts"

/** A component in one of two builds. */
export interface ComponentSide {
  readonly state: ComponentState
  readonly nvr: string | null
  readonly seconds: number | null
}

/** How two module builds differ. */
export interface BuildComparison {
  readonly from: number
  readonly to: number
  /** What went in. */
  readonly inputs: ReadonlyArray<{
    readonly what: "version" | "context" | "arches" | "macros" | "buildrequire" | "require" | "component"
    readonly name: string | null
    readonly from: string | null
    readonly to: string | null
  }>
  /** Packages that came out. */
  readonly artifacts: ReadonlyArray<{
    readonly name: string
    readonly arch: string
    readonly from: string | null
    readonly to: string | null
  }>
  /** Components that came to something else, or took much longer or shorter. */
  readonly components: ReadonlyArray<
    { readonly component: string; readonly from: ComponentSide | null; readonly to: ComponentSide | null }
  >
  /** Seconds from the submission to the end. */
  readonly took: { readonly from: number | null; readonly to: number | null }
}

/** Something that whoever asks may do, or why not. */
export interface PossibleAction {
  readonly action: string
  /** Of what it is about one part of: a component. */
  readonly part: string | null
  readonly allowed: boolean
  readonly why_not: string | null
  /** Whether it is the right that is missing, and not the state. */
  readonly forbidden: boolean
  /** What would follow. */
  readonly consequence: string | null
  readonly counts: { readonly [what: string]: number }
}
