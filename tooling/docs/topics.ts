/** The page of all topics, `docs/topics.md`, from the schemas that announcements are held to: `node tooling/docs/topics.ts` writes it. */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Topics from "../../packages/api/src/topics/Topics.ts"

interface JsonSchema {
  readonly type?: string
  readonly enum?: ReadonlyArray<string>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly $ref?: string
  readonly items?: JsonSchema
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly $defs?: Readonly<Record<string, JsonSchema>>
}

const typeOf = (schema: JsonSchema): string => {
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(", ")
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ")
  if (schema.type === "array") return `list of ${schema.items === undefined ? "any" : typeOf(schema.items)}`
  return schema.type ?? "any JSON"
}

const fields = (message: JsonSchema): ReadonlyArray<string> => {
  const given = message.properties!["data"]!
  const data = given.$ref === undefined ? given : message.$defs![given.$ref.slice("#/$defs/".length)]!
  return Object.entries(data.properties ?? {}).map(([name, schema]) => {
    const optional = data.required?.includes(name) === true ? "" : ", may be absent"
    const about = schema.description === undefined ? "" : `. ${schema.description}`
    return `- \`${name}\`: ${typeOf(schema)}${optional}${about}`
  })
}

/** The page. */
export const page = (): string =>
  [
    "# Topics",
    "",
    "What announcements are about, and what the `data` of their messages holds. This page is made of the schemas that the server's tests",
    "hold announcements to (`node tooling/docs/topics.ts`). `GET /orch/v1/topics/TOPIC` answers the same as a JSON Schema of the whole",
    "message; `orch bus topics` prints it. A schema's version changes when a reader of the older one would not understand the newer;",
    "more keys do not change it.",
    "",
    ...Object.entries(Topics.all).flatMap(([name, topic]) => [
      `## ${name}`,
      "",
      `${topic.about} Subject: \`${topic.subject}\`. Schema: \`${Topics.schemaName(name)}\`.`,
      "",
      ...fields(Topics.jsonSchema(name, topic) as JsonSchema),
      ""
    ])
  ].join("\n")

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(fileURLToPath(new URL("../../docs/topics.md", import.meta.url)), page())
}
