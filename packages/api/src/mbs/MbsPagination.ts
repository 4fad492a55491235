/**
 * `page` and `per_page` of the Module Build Service's lists, and the `meta` object with links to the neighbours.
 *
 * What is not a number falls back to the default, as there. Pages are bounded here; the original lets one request read
 * the whole table.
 */

export interface Pagination {
  readonly page: number
  readonly perPage: number
}

export const defaultPerPage = 10
export const maxPerPage = 100

const integer = (text: string | null, fallback: number): number => {
  if (text === null || !/^\s*[-+]?\d+\s*$/.test(text)) return fallback
  const value = Number(text)
  return Number.isSafeInteger(value) && value >= 1 ? value : fallback
}

export const parse = (query: URLSearchParams): Pagination => ({
  page: Math.min(integer(query.get("page"), 1), 1_000_000_000),
  perPage: Math.min(integer(query.get("per_page"), defaultPerPage), maxPerPage)
})

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
 * The `meta` object. Links are absolute and keep the other arguments, of a repeated one all (the original keeps one).
 *
 * @param url of the list, without query, such as `http://host/module-build-service/1/module-builds/`.
 */
export const meta = (url: string, query: URLSearchParams, { page, perPage }: Pagination, total: number): Meta => {
  const pages = Math.ceil(total / perPage)
  const others = Array.from(query).filter(([key]) => key !== "page" && key !== "per_page" && !key.startsWith("_"))
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
