/** PDC's REST interface below `/rest_api/v1`: lists in pages, filters, some fields alone, and writes one by one or many at once. */
import { type PdcRoute, routes } from "@orch/api/pdc/PdcRoutes"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import * as PublicAddress from "../../http/PublicAddress.ts"
import { PdcRecords } from "../PdcRecords.ts"
import { noPage, refuse, type Shown } from "../PdcResource.ts"

const json = (value: unknown, status = 200) => HttpServerResponse.jsonUnsafe(value, { status })

/** What every list takes beside its filters. */
const common = ["page", "page_size", "fields", "exclude_fields", "ordering", "format"]
const standardSize = 20
const largestSize = 1000
/** Records in an answer without pages. */
const mostUnpaged = 10_000

type Query = URLSearchParams

const several = (query: Query, name: string): ReadonlyArray<string> | undefined => {
  const values = query.getAll(name).filter((value) => value !== "")
  return values.length === 0 ? undefined : values.slice(0, 200)
}

/** Only the fields that are asked for. */
const trimmed = (query: Query) => {
  const fields = several(query, "fields")?.flatMap((text) => text.split(","))
  const left = several(query, "exclude_fields")?.flatMap((text) => text.split(","))
  return (shown: Shown): Shown =>
    fields === undefined && left === undefined ? shown : Object.fromEntries(
      Object.entries(shown).filter(([key]) => (fields?.includes(key) ?? true) && left?.includes(key) !== true)
    )
}

const truths = new Map([["true", "true"], ["t", "true"], ["1", "true"], ["false", "false"], ["f", "false"], [
  "0",
  "false"
]])

const filterOf = Effect.fnUntraced(function*(query: Query, known: ReadonlyArray<string>) {
  const unknown = [...new Set(query.keys())].filter((key) => !known.includes(key) && !common.includes(key)).sort()
  if (unknown.length > 0) return yield* refuse({ detail: `Unknown query params: ${unknown.join(", ")}.` })
  const filter: Record<string, ReadonlyArray<string>> = {}
  for (const key of known) {
    const values = several(query, key)
    if (values === undefined) continue
    if (values.some((value) => value.includes("\0"))) return yield* refuse({ detail: `${key} holds a NUL character` })
    if (key !== "active") {
      filter[key] = values
      continue
    }
    const truth = truths.get(values.at(-1)!.toLowerCase())
    if (truth === undefined) {
      return yield* refuse({ detail: `${values.at(-1)!.slice(0, 100)} is not a valid boolean value` })
    }
    filter[key] = [truth]
  }
  return filter
})

const whole = (text: string | null): number | undefined =>
  text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined

/** Records as a page, or as a bare list where `page_size` is -1. */
const listed = Effect.fnUntraced(function*(route: PdcRoute, request: HttpServerRequest, query: Query) {
  const records = yield* PdcRecords
  const filter = yield* filterOf(query, records.filters(route.resource))
  const ordering = query.get("ordering") ?? undefined
  const trim = trimmed(query)
  if (query.get("page_size") === "-1") {
    const { items } = yield* records.list(route.resource, filter, { limit: mostUnpaged, offset: 0 }, ordering)
    return json(items.map(trim))
  }
  const asked = whole(query.get("page_size"))
  const size = asked === undefined || asked < 1 ? standardSize : Math.min(asked, largestSize)
  const page = query.has("page") ? whole(query.get("page")) : 1
  if (page === undefined || page < 1) return yield* noPage
  const found = yield* records.list(route.resource, filter, { limit: size, offset: (page - 1) * size }, ordering)
  const total = found.total
    ?? (page === 1
      ? 0
      : (yield* records.list(route.resource, filter, { limit: 1, offset: 0 }, ordering)).total ?? 0)
  if (page > 1 && found.items.length === 0) return yield* noPage
  const publicUrl = yield* PublicAddress.PublicUrl
  const to = (number: number): string => {
    const others = [...query].filter(([key]) => key !== "page")
    const all = [...others, ...(number === 1 ? [] : [["page", `${number}`] as const])]
      .toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    const text = new URLSearchParams(all.map(([key, value]) => [key, value])).toString()
    return PublicAddress.link(publicUrl, request, `${route.path}${text === "" ? "" : `?${text}`}`)
  }
  return json({
    count: total,
    next: page * size < total ? to(page + 1) : null,
    previous: page > 1 ? to(page - 1) : null,
    results: found.items.map(trim)
  })
})

const bodyOf = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const text = yield* Effect.catch(
    request.text,
    () => Effect.fail(refuse({ detail: "The body is larger than this server takes." }))
  )
  if (text.trim() === "") return {}
  return yield* Effect.try({
    try: () => JSON.parse(text) as unknown,
    catch: (error) => refuse({ detail: `JSON parse error - ${(error as Error).message}` })
  })
})

const answer = Effect.fnUntraced(function*(route: PdcRoute, id: string) {
  const request = yield* HttpServerRequest
  const records = yield* PdcRecords
  const mark = request.url.indexOf("?")
  const query = new URLSearchParams(mark < 0 ? "" : request.url.slice(mark + 1))
  const { isOne, method, resource } = route
  if (method === "GET") {
    if (!isOne) return yield* listed(route, request, query)
    return json(trimmed(query)(yield* records.find(resource, id)))
  }
  const body = yield* bodyOf(request)
  const { name } = yield* CurrentCaller
  const author = { name, comment: request.headers["pdc-change-comment"]?.slice(0, 2000) ?? null }
  switch (method) {
    case "POST":
      return json(yield* records.create(resource, body, author), 201)
    case "PUT":
    case "PATCH": {
      const isWhole = method === "PUT"
      return isOne
        ? json(yield* records.update(resource, id, body, isWhole, author))
        : json(yield* records.updateAll(resource, body, isWhole, author))
    }
    case "DELETE":
      yield* isOne ? records.remove(resource, id, author) : records.removeAll(resource, body, author)
      return HttpServerResponse.empty({ status: 204 })
  }
})

const away = (error: StoreUnavailable) =>
  Effect.as(
    Effect.logWarning(error.message, error.cause),
    json({ detail: "The database does not answer; try again in a moment." }, 503)
  )

/** Adds the routes to the router. */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | PdcRecords> = HttpRouter.use((router) =>
  Effect.flatMap(Effect.context<PdcRecords>(), (all) => {
    const context = Context.pick(PdcRecords)(all)
    return Effect.forEach(routes, (route) =>
      router.add(
        route.method,
        route.path as HttpRouter.PathInput,
        Effect.flatMap(HttpRouter.params, ({ id = "" }) => answer(route, id)).pipe(
          Effect.catchTags({
            PdcRefused: ({ body, status }) => Effect.succeed(json(body, status)),
            StoreUnavailable: away
          }),
          Effect.provideContext(context)
        )
      ), { discard: true })
  })
)
