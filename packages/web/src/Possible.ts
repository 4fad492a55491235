/** From what an answer says may be done to the actions that a page offers. */
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import type * as Actions from "./Actions.ts"

/** How one action looks and what it needs besides. */
export interface Shape {
  readonly label: string
  /** Of the element, where a part of the page has the action's name. */
  readonly id?: string
  /** Path below `/orch/v1`. */
  readonly to: string
  readonly method?: Actions.Action["method"]
  readonly body?: unknown
  /** Whether what follows is shown and confirmed first. */
  readonly asks?: boolean
  readonly typed?: string
  readonly text?: Actions.Action["text"]
  readonly main?: boolean
  /** What takes it back. */
  readonly undo?: NonNullable<Actions.Action["undo"]>
  /** Whether it is shown with its reason also in a state that does not allow it. */
  readonly always?: boolean
}

/**
 * Those that have a shape, in the order of the answer. One whose right is missing is shown with the reason; one that the state does not
 * allow is left out, unless it is what the page is about.
 */
export const actions = (
  possible: ReadonlyArray<PossibleAction>,
  shapes: Readonly<Record<string, Shape>>
): ReadonlyArray<Actions.Action> =>
  possible.flatMap(({ action, allowed, consequence, forbidden, part, why_not }): ReadonlyArray<Actions.Action> => {
    const shape = shapes[action]
    if (shape === undefined || part !== null || (!allowed && !forbidden && shape.always !== true)) return []
    const { asks, body, id = action, label, main, method, text, to, typed, undo } = shape
    return [{
      id,
      label,
      to,
      ...(method === undefined ? {} : { method }),
      ...(body === undefined ? {} : { body }),
      ...(text === undefined ? {} : { text }),
      ...(typed === undefined ? {} : { typed }),
      ...(main === true ? { main } : {}),
      ...(undo === undefined ? {} : { undo }),
      ...(asks === true ? { question: consequence ?? `${label}?` } : {}),
      ...(allowed ? {} : { whyNot: why_not ?? "It cannot be done now." })
    }]
  })
