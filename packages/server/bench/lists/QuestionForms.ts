/** How questions about lists are written down. */

/** The lists of one address. */
export interface List {
  readonly name: string
  /** Page 1, as somebody asks who says nothing of filters or orders. */
  readonly first: string
  readonly questions: ReadonlyArray<string>
}

/** Queries of one address. */
export const at = (path: string, queries: ReadonlyArray<string>): ReadonlyArray<string> =>
  queries.map((query) => query === "" ? path : `${path}?${query}`)

/** A page in the middle and the last one, where pages have this name. */
export const pages = (name: string, query: string, last: number): ReadonlyArray<string> =>
  [Math.ceil(last / 2), last].map((page) => `${query}${query === "" ? "" : "&"}${name}=${page}`)
