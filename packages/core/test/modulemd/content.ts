/** The content of canonical texts, whoever wrote them: all scalars as text, documents in one order. */
import { FAILSAFE_SCHEMA, loadAll } from "js-yaml"

export const load = (text: string): ReadonlyArray<unknown> =>
  loadAll(text, null, { schema: FAILSAFE_SCHEMA, json: true, maxDepth: 1000 } as object)
    .map((document) => JSON.stringify(sorted(document))).sort()

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === "object" && value !== null
    ? Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, item]) => [key, sorted(item)])
    // An empty scalar is written plain by libmodulemd 2.14.
    : value ?? ""
