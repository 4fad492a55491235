/**
 * Choosing several rows and doing one thing to all of them. What can be done is said once, with the table or list; rows say what they
 * are. It needs script: without it every row has its own page with what can be done there.
 */
import type { VNode } from "preact"
import { h } from "./Markup.ts"

/** What can be done to each of several things; `:id` in a path stands for the one. */
export interface Doing {
  readonly label: string
  /** As the list of what may be done calls it. */
  readonly action: string
  /** Path below `/orch/v1`. */
  readonly to: string
  readonly body?: unknown
  /** Where it is said what may be done to it. */
  readonly may: string
  /** Whether the things are parts of what is asked there. */
  readonly ofParts?: true
}

/** The attributes of a list or table whose rows can be chosen. */
export const list = (
  doings: ReadonlyArray<Doing>,
  one: string,
  many = `${one}s`
): Readonly<Record<string, string>> =>
  doings.length === 0 ? {} : { "data-picks": JSON.stringify(doings), "data-one": one, "data-many": many }

/** What chooses a row; it is shown with script alone. */
export const box = (value: string | number, name: string): VNode =>
  h("input", { class: "picker", type: "checkbox", value: String(value), "aria-label": `Choose ${name}`, hidden: true })
