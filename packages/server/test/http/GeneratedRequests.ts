/**
 * Requests made from an OpenAPI description: mostly such as it allows, with something in them that nobody should send. The same seed
 * makes the same requests.
 */
import fc from "fast-check"

/** As much of JSON Schema as descriptions of the faces use. */
interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | ReadonlyArray<string>
  readonly enum?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly items?: JsonSchema
  readonly additionalProperties?: boolean | JsonSchema
}

interface Parameter {
  readonly name: string
  readonly in: string
}

/** One endpoint of a description. */
export interface Operation {
  readonly method: string
  /** With `{name}` for parameters. */
  readonly path: string
  readonly parameters: ReadonlyArray<Parameter>
  readonly body: JsonSchema | undefined
  /** The statuses that it says it answers. */
  readonly statuses: ReadonlyArray<number>
  readonly schemas: Readonly<Record<string, JsonSchema>>
}

/** A request as it is written to the socket. */
export interface GeneratedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** The endpoints of a description. */
export const operationsOf = (description: unknown): ReadonlyArray<Operation> => {
  const { components, paths } = description as {
    readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> }
    readonly paths: Readonly<
      Record<
        string,
        Readonly<
          Record<string, {
            readonly parameters?: ReadonlyArray<Parameter>
            readonly requestBody?: {
              readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>
            }
            readonly responses: Readonly<Record<string, unknown>>
          }>
        >
      >
    >
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => ({
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content["application/json"]?.schema,
      statuses: Object.keys(operation.responses).map(Number),
      schemas: components?.schemas ?? {}
    }))
  )
}

const bareText = fc.constantFrom(
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "%00",
  "..",
  "../../etc/passwd",
  "-1",
  "0",
  "1",
  "2",
  "9".repeat(40),
  "1e309",
  "NaN",
  "__proto__",
  "constructor",
  "' OR 1=1 --",
  "\u202e\u0301",
  "x".repeat(5000),
  "&a [*a, *a]",
  "*",
  "null",
  "el9",
  "x86_64",
  "file:///etc",
  "http://169.254.169.254/",
  "2026-13-45T99:99:99Z",
  "a/b",
  "a:b:c:d",
  "\u0001\u001f\u007f",
  "🙂".repeat(300)
)

const strangeText = fc.oneof(bareText, fc.string({ unit: "binary", maxLength: 60 }), fc.string({ maxLength: 20 }))

const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => ({ a: [inner] }), 1)

const strange: fc.Arbitrary<unknown> = fc.oneof(
  strangeText,
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    -0,
    0.5,
    2 ** 31,
    2 ** 53,
    -(2 ** 63),
    1e308,
    [],
    {},
    [[]],
    [null],
    nested(50),
    nested(2000),
    JSON.parse(`{"__proto__": {"a": 1}, "constructor": {"prototype": 1}}`)
  ),
  fc.jsonValue()
)

/** What a schema allows, with strange values here and there. */
const valueOf = (schema: JsonSchema, schemas: Operation["schemas"], depth = 0): fc.Arbitrary<unknown> => {
  if (depth > 8) return strange
  const inner = (one: JsonSchema) => valueOf(one, schemas, depth + 1)
  const plain = (): fc.Arbitrary<unknown> => {
    if (schema.$ref !== undefined) return inner(schemas[schema.$ref.split("/").at(-1)!] ?? {})
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices !== undefined) return fc.oneof(...choices.map(inner))
    if (schema.allOf !== undefined && schema.type === undefined) return inner(schema.allOf[0] ?? {})
    switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
      case "string":
        return fc.oneof(fc.constantFrom("a", "main", "el9", "1"), strangeText)
      case "integer":
        return fc.oneof(fc.integer({ min: 0, max: 5 }), fc.maxSafeInteger())
      case "number":
        return fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true }))
      case "boolean":
        return fc.boolean()
      case "null":
        return fc.constant(null)
      case "array":
        return fc.array(inner(schema.items ?? {}), { maxLength: 3 })
      case "object": {
        const { additionalProperties, properties = {}, required = [] } = schema
        const known = fc.record(
          Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, inner(one)])),
          { requiredKeys: required.filter((name) => name in properties) }
        )
        const others = fc.dictionary(
          strangeText,
          typeof additionalProperties === "object" ? inner(additionalProperties) : strange,
          { maxKeys: 2 }
        )
        return fc.oneof(
          { weight: 4, arbitrary: known },
          { weight: 1, arbitrary: fc.tuple(others, known).map(([a, b]): unknown => ({ ...a, ...b })) }
        )
      }
      default:
        return strange
    }
  }
  return fc.oneof({ weight: 12, arbitrary: plain() }, { weight: 1, arbitrary: strange })
}

/** Bodies that are no JSON, or hardly. */
const noJson = fc.constantFrom(
  "",
  "{",
  "[".repeat(50_000),
  "{\"a\":".repeat(20_000),
  "\ufeff{}",
  "nul",
  "NaN",
  "{\"a\":1}{\"b\":2}",
  "\0",
  "a=b&c=d",
  "1".repeat(1000),
  "\"\\ud800\"",
  "\"\\u0000\"",
  "- yaml: [",
  "{\"a\":1,\"a\":2}"
)

const bodyOf = ({ body, schemas }: Operation): fc.Arbitrary<string | undefined> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: body === undefined
        ? fc.constant(undefined)
        : valueOf(body, schemas).map((value): string => JSON.stringify(value) ?? "")
    },
    { weight: 1, arbitrary: noJson },
    { weight: 1, arbitrary: strange.map((value): string => JSON.stringify(value) ?? "") }
  )

/** Percent-encodings that a URL takes, and some that none should. */
const inPath = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("1", "2", "ceph", "slow") },
  { weight: 6, arbitrary: strangeText.map((text) => encodeURIComponent(text.toWellFormed())) },
  { weight: 1, arbitrary: fc.constantFrom("%", "%zz", "%ff", "%c0%af", "%00", "%2f", "%2e%2e", ";a=b", "+", "%u0041") }
)

const inQuery = strangeText.map((text) => encodeURIComponent(text.toWellFormed()))

/** What a header can hold at all. */
const inHeader = strangeText.map((text) => text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 1000))

const requestOf = (operation: Operation): fc.Arbitrary<GeneratedRequest> => {
  const named = (place: string) => operation.parameters.filter((one) => one.in === place).map(({ name }) => name)
  const holes = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const some = (names: ReadonlyArray<string>, value: fc.Arbitrary<string>) =>
    fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }) as fc.Arbitrary<
      Readonly<Record<string, string>>
    >
  return fc.tuple(
    fc.record(Object.fromEntries(holes.map((name) => [name, inPath]))) as fc.Arbitrary<
      Readonly<Record<string, string>>
    >,
    some(named("query"), inQuery),
    some(named("header").filter((name) => name !== "authorization"), inHeader),
    bodyOf(operation),
    fc.constantFrom(
      "application/json",
      "application/json",
      "application/json",
      "text/plain",
      "multipart/form-data",
      "a"
    )
  ).map(([holes, query, headers, body, contentType]) => {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => holes[name] ?? "")
    const search = Object.entries(query).map(([name, value]) => `${name}=${value}`).join("&")
    return {
      method: operation.method,
      path: search === "" ? path : `${path}?${search}`,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": contentType }) },
      body
    }
  })
}

/** So many requests to an endpoint. */
export const requests = (operation: Operation, seed: number, number: number): ReadonlyArray<GeneratedRequest> =>
  fc.sample(requestOf(operation), { seed, numRuns: number })

/** A body that a schema allows, each of its keys there. */
const whole = (schema: JsonSchema, schemas: Operation["schemas"], depth = 0): unknown => {
  if (depth > 8) return null
  const inner = (one: JsonSchema | undefined) => whole(one ?? {}, schemas, depth + 1)
  if (schema.$ref !== undefined) return inner(schemas[schema.$ref.split("/").at(-1)!])
  if (schema.enum !== undefined) return schema.enum[0]
  const choice = (schema.anyOf ?? schema.oneOf ?? (schema.type === undefined ? schema.allOf : undefined))?.[0]
  if (choice !== undefined) return inner(choice)
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, inner(one)]))
    case "array":
      return [inner(schema.items)]
    case "integer":
    case "number":
      return 1
    case "boolean":
      return true
    default:
      return "x"
  }
}

/** What no column of a table takes, and what is more than one holds. */
const unstorable = ["a\0", "a\ud800", { "\ud800\0": ["\0"] }, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/** A request for each place of a body, with what cannot be stored in that place alone. */
export const inEachPlace = (operation: Operation): ReadonlyArray<GeneratedRequest> => {
  if (operation.body === undefined) return []
  const body = whole(operation.body, operation.schemas)
  const bodies: Array<unknown> = []
  const walk = (value: unknown, put: (other: unknown) => unknown, depth: number): void => {
    bodies.push(...unstorable.map(put))
    if (typeof value !== "object" || value === null || depth > 4) return
    for (const [key, one] of Object.entries(value)) {
      const holding = (other: unknown) => Array.isArray(value) ? [other] : { ...value, [key]: other }
      walk(one, (other) => put(holding(other)), depth + 1)
    }
  }
  walk(body, (other) => other, 0)
  return bodies.map((one) => ({
    method: operation.method,
    path: operation.path.replaceAll(/\{\w+\}/g, "1"),
    headers: { "content-type": "application/json" },
    body: JSON.stringify(one)
  }))
}
