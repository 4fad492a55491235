/**
 * What can be done from a page: a form each, which works without script and is sent by it otherwise.
 *
 * A form names an endpoint of `/orch/v1` and what is sent there; the server sends it on with the rights of whoever is signed in,
 * so that a page can do nothing that a script could not.
 */
import type { VNode } from "preact"
import { h } from "./Markup.ts"
import type { Viewer } from "./Viewer.ts"

/** One action. */
export interface Action {
  /** Of the element; unique in its page. */
  readonly id: string
  /** The verb on the button. */
  readonly label: string
  /** Path of this server that is asked, below `/orch/v1`. */
  readonly to: string
  /** `POST` where nothing else is said. */
  readonly method?: "POST" | "PUT" | "PATCH" | "DELETE"
  /** The JSON that is sent. */
  readonly body?: unknown
  /** What follows, where it cannot be undone: it is shown and confirmed first. */
  readonly question?: string
  /** Why it is not offered now; shown in place of the button's use. */
  readonly whyNot?: string
  /** Text that has to be given: the name of the property of `body` it goes into, and what it is called for people. */
  readonly text?: { readonly name: string; readonly label: string; readonly required: boolean }
  /** Has to be typed before it is sent, such as a release's number. */
  readonly typed?: string
  /** What takes it back, offered once it was done. */
  readonly undo?: {
    readonly label: string
    readonly to: string
    readonly method?: "POST" | "PUT" | "PATCH" | "DELETE"
    readonly body?: unknown
  }
  /** Whether the button is the page's main one. */
  readonly main?: boolean
}

const hidden = (name: string, value: string | undefined): VNode | null =>
  value === undefined ? null : h("input", { type: "hidden", name, value })

/** One action as a form with a button; `back` is the path of the page it is on, where one comes back to. */
export const form = (action: Action, viewer: Viewer, prefix: string, back: string): VNode => {
  const { body, id, label, main, method = "POST", question, text, to, typed, undo, whyNot } = action
  const kind = main === true ? "btn main" : "btn"
  if (whyNot !== undefined) {
    return h(
      "span",
      { class: "act not", key: id },
      h("button", { id, class: kind, type: "button", disabled: true, "aria-describedby": `${id}-why` }, label),
      h("span", { id: `${id}-why`, class: "dim small" }, whyNot)
    )
  }
  return h(
    "form",
    {
      key: id,
      class: "act",
      method: "post",
      action: `${prefix}/act`,
      "data-act": "",
      ...(undo === undefined ? {} : { "data-undo": JSON.stringify({ method: "POST", body: {}, ...undo }) })
    },
    hidden("proof", viewer.proof),
    hidden("to", to),
    hidden("method", method),
    hidden("body", body === undefined ? undefined : JSON.stringify(body)),
    hidden("question", question),
    hidden("label", label),
    hidden("typed", typed),
    hidden("text_name", text?.name),
    hidden("text_label", text?.label),
    hidden("text_required", text?.required === true ? "yes" : undefined),
    hidden("back", back),
    h("button", { id, class: kind }, label)
  )
}

/** Why nothing of it can be done, where that is the same for all. */
const commonReason = (actions: ReadonlyArray<Action>): string | undefined => {
  const why = actions[0]?.whyNot
  return why !== undefined && actions.every(({ whyNot }) => whyNot === why) ? why : undefined
}

/** Several beside each other; nothing where there is none, and only the reason where it is one for all. */
export const row = (
  actions: ReadonlyArray<Action>,
  viewer: Viewer,
  prefix: string,
  back: string
): VNode | null => {
  if (actions.length === 0) return null
  const why = commonReason(actions)
  if (why === undefined) {
    return h("div", { class: "acts" }, ...actions.map((action) => form(action, viewer, prefix, back)))
  }
  return h(
    "p",
    { class: "acts dim small" },
    h(
      "span",
      { id: "why-not" },
      viewer.name === undefined && viewer.canSignIn
        ? [
          h("a", { href: `${prefix}/sign-in?${new URLSearchParams({ back })}` }, "Sign in"),
          ` to ${actions.map(({ label }) => label.toLowerCase()).join(", ")}`
        ]
        : why
    )
  )
}
