/** `/reference`, of the description of the interface. */
import { OrchApi } from "@orch/api"
import * as ReferencePage from "@orch/web/reference/ReferencePage"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Guard from "../http/Guard.ts"
import { missing, type PageModule } from "./PageModule.ts"

interface Described {
  readonly tags?: ReadonlyArray<string>
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly parameters?: ReadonlyArray<{
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema?: object
  }>
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }
  readonly responses?: Readonly<
    Record<
      string,
      { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema?: object }>> }
    >
  >
}

/** The right of each endpoint, by the path as descriptions write it. */
const rights = new Map(
  [...Guard.declaredIn(OrchApi)].map(([place, right]) => [
    place.replaceAll(/:(\w+)/g, "{$1}").replace(/(?<=.)\/$/, ""),
    right
  ])
)

const namesIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/#\/components\/schemas\/([\w.~-]+)/g)].map(([, name]) => name!)

const written = (schema: object): string => JSON.stringify(schema, null, 2).replaceAll("#/components/schemas/", "")

const typeOf = (schema: object | undefined): string =>
  schema === undefined
    ? "text"
    : "type" in schema && typeof schema.type === "string" && Object.keys(schema).length === 1
    ? schema.type
    : JSON.stringify(schema)

const read = (): ReadonlyArray<ReferencePage.Operation> => {
  const { components, paths } = OpenApi.fromApi(OrchApi)
  const schemas = components.schemas as Readonly<Record<string, object>>
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, Described>>).map(([method, one]): ReferencePage.Operation => {
      const body = one.requestBody?.content?.["application/json"]?.schema
      const good = Object.entries(one.responses ?? {}).filter(([status]) => status.startsWith("2"))
      const named = namesIn(JSON.stringify([body ?? {}, good]))
      return {
        id: one.operationId ?? `${method}${path}`,
        group: one.tags?.[0] ?? "Others",
        method: method.toUpperCase(),
        path,
        right: rights.get(`${method.toUpperCase()} ${path.replace(/(?<=.)\/$/, "")}`) ?? "",
        about: one.description ?? one.summary ?? "",
        parameters: (one.parameters ?? []).map(({ in: where, name, required, schema }) => ({
          name,
          where,
          required: required === true,
          type: typeOf(schema)
        })),
        body: body === undefined ? undefined : written(body),
        answers: Object.entries(one.responses ?? {}).map(([status, { description = "" }]) => [status, description]),
        schemas: [...new Set(named)].flatMap((name) =>
          schemas[name] === undefined ? [] : [[name, written(schemas[name])] as const]
        )
      }
    })
  )
}

let known: ReadonlyArray<ReferencePage.Operation> | undefined
/** Read once, and not before somebody looks. */
const operations = (): ReadonlyArray<ReferencePage.Operation> => known ??= read()

export const pages: ReadonlyArray<PageModule> = [
  {
    address: "/reference",
    make: ({ prefix }) => Effect.sync(() => ({ status: 200, page: ReferencePage.page(operations(), prefix) }))
  },
  {
    address: "/reference/:group",
    make: ({ params, prefix }) => {
      const page = ReferencePage.groupPage(operations(), params["group"] ?? "", prefix)
      return page === undefined ? Effect.fail(missing("group of endpoints")) : Effect.succeed({ status: 200, page })
    }
  }
]
