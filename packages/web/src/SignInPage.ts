/** `/sign-in`: the ways to say who one is, or who one is. */
import type { VNode } from "preact"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"
import type { Viewer } from "./Viewer.ts"

/** What the page is made of. */
export interface Content {
  readonly viewer: Viewer
  readonly groups: ReadonlyArray<string>
  readonly ways: {
    readonly token: boolean
    readonly oidc: boolean
    readonly github: boolean
    readonly kerberos: boolean
  }
  /** Where to go afterwards. */
  readonly back: string
  /** Why it did not work. */
  readonly problem: string | undefined
  readonly prefix: string
}

const elsewhere = (id: string, path: string, label: string, { back, prefix }: Content): VNode =>
  h("p", null, h("a", { id, class: "btn", href: `${prefix}${path}?${new URLSearchParams({ back })}` }, label))

const withToken = ({ back, prefix }: Content): VNode =>
  h(
    "form",
    { method: "post", action: `${prefix}/sign-in`, class: "panel pad sign-in" },
    h(
      "label",
      { class: "field-label" },
      "Token",
      h("input", {
        id: "token",
        name: "token",
        type: "password",
        autoComplete: "off",
        required: true,
        maxLength: 4096,
        "aria-describedby": "token-hint"
      })
    ),
    h(
      "p",
      { id: "token-hint", class: "dim small" },
      "The one that orch and scripts use. It is not kept: this browser gets a cookie that other programs cannot use."
    ),
    h("input", { type: "hidden", name: "back", value: back }),
    h("button", { id: "sign-in", class: "btn main" }, "Sign in")
  )

const known = ({ groups, prefix, viewer }: Content): ReadonlyArray<VNode> => [
  h("p", null, h("a", { id: "me", href: `${prefix}/me` }, "Your builds, and how you are told")),
  h(
    "p",
    null,
    groups.length === 0 ? "You are in no group that this server knows." : `Your groups: ${groups.join(", ")}.`
  ),
  ...(viewer.proof === undefined ? [] : [h(
    "form",
    { method: "post", action: `${prefix}/sign-out` },
    h("input", { type: "hidden", name: "proof", value: viewer.proof }),
    h("button", { id: "sign-out", class: "btn" }, "Sign out")
  )])
]

const answer = ({ viewer, ways }: Content): string =>
  viewer.name === "anonymous"
    ? "Nobody has to sign in here: whoever reaches this server may do everything."
    : viewer.name !== undefined
    ? `You are ${viewer.name}.`
    : Object.values(ways).some((one) => one)
    ? "Reading needs no account where the operator left it open. To change something, say who you are."
    : "This server lets nobody sign in with a browser; use orch, or a script."

/** The page. */
export const page = (content: Content): Page => {
  const { problem, viewer, ways } = content
  return {
    title: viewer.name === undefined ? "Sign in" : "Who you are",
    json: "/orch/v1/caller",
    command: "orch login",
    // Whoever writes a token is not interrupted, and what went wrong stays.
    isStill: true,
    body: [
      h(
        "div",
        { class: "head" },
        h("h1", null, viewer.name === undefined ? "Sign in" : "Who you are"),
        h("p", { class: "answer", id: "answer" }, answer(content)),
        problem === undefined ? null : h("p", { class: "warn", role: "alert", id: "problem" }, problem)
      ),
      ...(viewer.name !== undefined ? known(content) : [
        ways.oidc ? elsewhere("oidc", "/sign-in/oidc", "Sign in at the identity provider", content) : null,
        ways.github ? elsewhere("github", "/sign-in/github", "Sign in at GitHub", content) : null,
        ways.kerberos ? elsewhere("kerberos", "/sign-in/kerberos", "Sign in with Kerberos", content) : null,
        ways.token ? withToken(content) : null
      ].filter((one) => one !== null))
    ]
  }
}
