import { assert, describe, it } from "@effect/vitest"
import * as MbsPagination from "@orch/api/mbs/MbsPagination"

describe("MbsPagination", () => {
  it("falls back where there is no number, and bounds pages", () => {
    const parse = (text: string) => MbsPagination.parse(new URLSearchParams(text))
    assert.deepStrictEqual(parse("page=x&per_page="), { page: 1, perPage: 10 })
    assert.deepStrictEqual(parse("page=3&per_page=1000000"), { page: 3, perPage: 100 })
    assert.deepStrictEqual(parse("page=-1&per_page=0"), { page: 1, perPage: 0 })
    assert.deepStrictEqual(parse("page=0&per_page=-3"), { page: 1, perPage: 20 })
  })

  it("has no pages where a page holds nothing", () => {
    const meta = MbsPagination.meta("http://host/x/", new URLSearchParams("endpoint=y"), { page: 1, perPage: 0 }, 7)
    assert.deepInclude(meta, { pages: 0, prev: null, next: null, total: 7, last: "http://host/x/?page=0&per_page=0" })
  })

  it("links to the neighbours", () => {
    const query = new URLSearchParams("page=2&per_page=2&name=a&state=ready&state=done&_external=x")
    const meta = MbsPagination.meta("http://host/x/", query, { page: 2, perPage: 2 }, 7)
    assert.deepStrictEqual(meta, {
      page: 2,
      pages: 4,
      per_page: 2,
      prev: "http://host/x/?page=1&per_page=2&name=a&state=ready&state=done",
      next: "http://host/x/?page=3&per_page=2&name=a&state=ready&state=done",
      total: 7,
      first: "http://host/x/?page=1&per_page=2&name=a&state=ready&state=done",
      last: "http://host/x/?page=4&per_page=2&name=a&state=ready&state=done"
    })
  })
})
