/** Dialogs that every page has: the field that finds everything, and the list of keys. They are opened by script alone. */
import type { VNode } from "preact"
import { h } from "./Markup.ts"

/** What keys do, for people. */
export const keys: ReadonlyArray<readonly [key: string, what: string]> = [
  ["Ctrl K", "find anything, and do what this page offers"],
  ["/", "to the filter of a page, or find"],
  ["?", "this list"],
  ["g b, g f, …", "go to Builds, Farm and so on, by the first letter"],
  ["j, k", "next and previous row"],
  ["Enter", "open it"],
  ["x", "choose the row, to do one thing to several"],
  [".", "to what can be done with the row, or with what the page is about"],
  ["e", "everything about why it waits"],
  ["l", "to the log that matters"],
  ["n", "to the line that failed; in a log the next of what was found, or of the errors"],
  ["p", "in a log the one before"],
  ["f, [, ], w", "in a log: to the end, fold all, open all, wrap"],
  ["u", "up"]
]

/** The list of keys. */
export const keyList = (): VNode =>
  h(
    "dl",
    { class: "facts" },
    ...keys.flatMap(([key, what]) => [h("dt", { key }, h("kbd", null, key)), h("dd", { key: what }, what)])
  )

/** Both dialogs, closed. */
export const all = (): ReadonlyArray<VNode> => [
  h(
    "dialog",
    { id: "palette", class: "sheet", "aria-label": "Find" },
    h(
      "div",
      { class: "field" },
      h("input", {
        id: "palette-text",
        type: "text",
        role: "combobox",
        "aria-label": "Find builds, packages, commits, pages, actions",
        "aria-controls": "palette-list",
        "aria-expanded": "false",
        "aria-autocomplete": "list",
        placeholder: "A number, name:stream, package, commit, person",
        autoComplete: "off",
        spellcheck: false
      })
    ),
    h("ul", { id: "palette-list", role: "listbox", "aria-label": "Found" }),
    h("p", { id: "palette-count", class: "dim small pad", role: "status" })
  ),
  h(
    "dialog",
    { id: "help", "aria-labelledby": "help-title" },
    h("h2", { id: "help-title" }, "Keyboard shortcuts"),
    keyList(),
    h(
      "form",
      { method: "dialog" },
      h(
        "p",
        null,
        h("label", null, h("input", { type: "checkbox", id: "keys-off" }), " Switch keys of one letter off")
      ),
      h("button", { class: "btn" }, "Close")
    )
  )
]
