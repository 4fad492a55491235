/** What a page's module brings: its address, and how it is put together from answers of `/orch/v1`. */
import type { Page } from "@orch/web/Frame"
import type { Address, Feature } from "@orch/web/SiteMap"
import type { Viewer } from "@orch/web/Viewer"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"

/** An answer of `/orch/v1` that is none of the expected kind: its status, and what it says. */
export interface Refused {
  readonly status: number
  readonly message: string
}

/** What a page is put together with. */
export interface Asked {
  /** Reads a path of this server with the rights of whoever looks. */
  readonly ask: <A, I>(path: string, schema: Schema.Codec<A, I>) => Effect.Effect<A, Refused>
  /** Sends JSON to a path of this server with the same rights. */
  readonly send: <A, I>(
    path: string,
    body: unknown,
    schema: Schema.Codec<A, I>,
    method?: "POST" | "PUT"
  ) => Effect.Effect<A, Refused>
  readonly query: URLSearchParams
  readonly params: Readonly<Record<string, string | undefined>>
  readonly viewer: Viewer
  readonly now: number
  /** Below which path the server is reached. */
  readonly prefix: string
  /** Where it is reached, with the prefix, such as `https://example.org/orch`. */
  readonly origin: string
  readonly features: ReadonlySet<Feature>
}

/** What a page became; `status` is 200 where all went well. */
export interface Made {
  readonly status: number
  readonly page: Page
}

/** The same for programs: an Atom feed. */
export interface MadeText {
  readonly text: string
  readonly type: string
}

/** Another page of this server to go to, and whether that is so for ever. */
export interface MadeElsewhere {
  readonly go: string
  readonly isForEver: boolean
}

/** What a form of a page sent to the page's own address. */
export interface Posted extends Asked {
  readonly form: URLSearchParams
}

/** One page. */
export interface PageModule {
  readonly address: Address
  readonly make: (asked: Asked) => Effect.Effect<Made | MadeText | MadeElsewhere, Refused>
  /** What becomes of a form that is sent to it: the page, or a path of this server to go to. */
  readonly post?: (posted: Posted) => Effect.Effect<Made | { readonly go: string }, Refused>
}

/** A part of a path, from outside. */
export const part = (text: string | undefined): string => encodeURIComponent(text ?? "")

/** What `/orch/v1` says about a thing that is not there. */
export const missing = (what: string): Refused => ({ status: 404, message: `There is no such ${what}` })

/** What was written into a field, without blanks around it; empty where nothing was. */
export const textIn = (query: URLSearchParams) => (name: string): string => (query.get(name) ?? "").trim()

/** The page of an answer. A question that is refused with one of these states stays in its fields, with what is wrong with it. */
export const answered = <A>(
  answer: Effect.Effect<A, Refused>,
  page: (found: A | undefined, problem: string | undefined) => Page,
  statuses: ReadonlyArray<number> = [400]
): Effect.Effect<Made, Refused> =>
  answer.pipe(
    Effect.map((found) => ({ status: 200, page: page(found, undefined) })),
    Effect.catch((refused) =>
      statuses.includes(refused.status)
        ? Effect.succeed({ status: refused.status, page: page(undefined, refused.message) })
        : Effect.fail(refused)
    )
  )

/** Where a page of a list begins, from 0. */
export const offsetIn = (query: URLSearchParams): number => {
  const text = query.get("offset") ?? ""
  return /^\d{1,7}$/.test(text) ? Number(text) : 0
}
