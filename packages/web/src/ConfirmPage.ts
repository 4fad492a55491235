/** What a form without script is shown first: what follows, and what it still needs. */
import type { VNode } from "preact"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"
import type { Viewer } from "./Viewer.ts"

const input = (name: string, label: string, value: string): VNode =>
  h("label", { class: "field-label" }, label, h("input", { name, value, autoComplete: "off" }))

/** The page; `form` is what was sent, `problem` what was wrong with what was filled in. */
export const page = (
  form: URLSearchParams,
  problem: string | undefined,
  back: string,
  viewer: Viewer,
  prefix: string
): Page => {
  const label = form.get("label") ?? "Go on"
  const kept = [...form].filter(([name]) => !["text", "typed_again", "confirmed", "proof"].includes(name))
  const typed = form.get("typed")
  return {
    title: label,
    body: [
      h(
        "div",
        { class: "head" },
        h("h1", null, label),
        h("p", { class: "answer", id: "answer" }, form.get("question") ?? `${label}?`),
        problem === undefined ? null : h("p", { class: "warn", role: "alert" }, problem)
      ),
      h(
        "form",
        { method: "post", action: `${prefix}/act` },
        ...kept.map(([name, value]) => h("input", { type: "hidden", name, value, key: name })),
        viewer.proof === undefined ? null : h("input", { type: "hidden", name: "proof", value: viewer.proof }),
        h("input", { type: "hidden", name: "confirmed", value: "yes" }),
        form.has("text_name") ? input("text", form.get("text_label") ?? "Reason", form.get("text") ?? "") : null,
        typed === null ? null : input("typed_again", `Type ${typed} to go on`, ""),
        h(
          "div",
          { class: "row" },
          h("button", { class: "btn main", id: "yes" }, label),
          h("a", { class: "btn", href: `${prefix}${back}` }, "Leave it")
        )
      )
    ]
  }
}

/** What is shown where nothing was done, and why. */
export const failed = (heading: string, sentence: string, back: string, prefix: string): Page => ({
  title: heading,
  mark: "fail",
  body: [
    h(
      "div",
      { class: "head" },
      h("h1", null, heading),
      h("p", { class: "answer", id: "answer" }, sentence),
      h("p", null, h("a", { href: `${prefix}${back}` }, "Back to where you were"))
    )
  ]
})
