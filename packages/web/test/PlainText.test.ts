/** Pages as terminals show them. */
import { assert, describe, it } from "@effect/vitest"
import { h } from "../src/Markup.ts"
import * as PlainText from "../src/PlainText.ts"
import { pages } from "./Subjects.ts"

describe("a page as plain text", () => {
  it("has headings, sentences, lists and tables, and nothing that only a browser can use", () => {
    const text = PlainText.of([
      h(
        "div",
        { class: "head" },
        h("h1", null, "perl:5.40", h("span", null, " 7")),
        h("form", null, h("button", null, "Cancel")),
        h("p", null, "2 of 3 are built. ", h("a", { href: "/x" }, "Why"))
      ),
      h("section", null, h("h2", null, "Parts"), h("ul", null, h("li", null, "one"), h("li", null, "two"))),
      h(
        "table",
        null,
        h(
          "tbody",
          null,
          h("tr", null, h("th", null, "a"), h("td", null, "long")),
          h("tr", null, h("th", null, "bcd"), h("td", null, "x"))
        )
      ),
      h("pre", null, "line 1\n  line 2")
    ], ["As JSON: /j"])
    assert.strictEqual(
      text,
      "perl:5.40 7\n\n2 of 3 are built. Why\n\n== Parts\n- one\n- two\na    long\nbcd  x\n  line 1\n    line 2\n\nAs JSON: /j\n"
    )
  })

  it("lets strangers' text do nothing to a terminal", () => {
    const text = PlainText.of([h("p", null, "a\u001b[2Jb\u202ec\u0007"), h("pre", null, "\u009b31m\r")])
    assert.strictEqual(text, "a\\u001b[2Jb\\u202ec\\u0007\n  \\u009b31m\\u000d\n")
  })

  it("begins with the title and the sentence that answers, for each subject", () => {
    for (const [name, { body }] of Object.entries(pages)) {
      const [title, blank, answer] = PlainText.of(body).split("\n").filter((line) => line !== "Need a person")
      assert.isAbove(title!.length, 3, name)
      assert.strictEqual(blank, "", name)
      assert.isAbove(answer!.length, 5, name)
      assert.notInclude(PlainText.of(body), "[object", name)
    }
    assert.match(PlainText.of(pages["failed"]!.body), /line 11852/)
  })
})
