/**
 * `page` and `per_page` of the Module Build Service's lists, and the `meta` object with links to the neighbours.
 *
 * Numbers outside of the range are taken as there: what is no number is the default, a page before the first is the first,
 * nothing per page is an empty page, and less than nothing is 20. Pages are bounded here; the original lets one request
 * read the whole table.
 */

/** Which page: from 1, and 0 to 100 elements on it. */
export interface Pagination {
  readonly page: number
  readonly perPage: number
}

/** Elements on a page when nothing is asked for. */
export const defaultPerPage = 10
/** The most elements on a page, whatever is asked for. */
export const maxPerPage = 100
/** What the original takes for a negative number. */
const perPageOfNegative = 20
const lastPage = 1_000_000_000

const integer = (text: string | null, fallback: number): number =>
  text === null || !/^\s*[-+]?\d+\s*$/.test(text) ? fallback : Number(text)

/** Reads `page` and `per_page`. Never fails: numbers outside of the range have others in their place, as said at the top of this file. */
export const parse = (query: URLSearchParams): Pagination => {
  const perPage = integer(query.get("per_page"), defaultPerPage)
  return {
    page: Math.max(1, Math.min(integer(query.get("page"), 1), lastPage)),
    perPage: perPage < 0 ? perPageOfNegative : Math.min(perPage, maxPerPage)
  }
}

/** Arguments that the links set themselves, or that mean something else to what makes the original's links. */
const ownArguments = new Set(["page", "per_page", "endpoint"])

/** Where a page stands among the others. `prev` and `next` are null at the ends. */
export interface Meta {
  readonly page: number
  readonly pages: number
  readonly per_page: number
  readonly prev: string | null
  readonly next: string | null
  readonly total: number
  readonly first: string
  readonly last: string
}

/**
 * The `meta` object of a list of `total` elements. Links are absolute and keep the other arguments, of a repeated one
 * all (the original keeps one).
 *
 * @param url of the list, without query, such as `http://host/module-build-service/1/module-builds/`.
 */
export const meta = (url: string, query: URLSearchParams, { page, perPage }: Pagination, total: number): Meta => {
  const pages = perPage === 0 ? 0 : Math.ceil(total / perPage)
  const others = Array.from(query).filter(([key]) => !ownArguments.has(key) && !key.startsWith("_"))
  const link = (to: number): string =>
    `${url}?${new URLSearchParams([["page", String(to)], ["per_page", String(perPage)], ...others])}`
  return {
    page,
    pages,
    per_page: perPage,
    prev: page > 1 ? link(page - 1) : null,
    next: page < pages ? link(page + 1) : null,
    total,
    first: link(1),
    last: link(pages)
  }
}
