/** All topics of announcements, and their JSON schemas, which are made of the schemas that tests hold announcements to. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as BuildTopics from "./BuildTopics.ts"
import * as OtherTopics from "./OtherTopics.ts"
import * as Topic from "./Topic.ts"

/** Every topic by its name, such as `module-build.state`. */
export const all: Readonly<Record<string, Topic.Topic>> = { ...BuildTopics.topics, ...OtherTopics.topics }

/** The topic of that name; `undefined` where there is none. */
export const find = (name: string): Topic.Topic | undefined => Object.hasOwn(all, name) ? all[name] : undefined

/** What messages name as their schema: `orch.TOPIC.vVERSION`; version 1 where the topic is not known. */
export const schemaName = (name: string): string => `orch.${name}.v${find(name)?.version ?? 1}`

/** The JSON Schema (draft 2020-12) of a message of the topic, as webhooks and brokers bring it. */
export const jsonSchema = (name: string, topic: Topic.Topic): Readonly<Record<string, unknown>> => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(Topic.message(name, topic))
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:orch:${schemaName(name)}`,
    title: schemaName(name),
    ...(schema as object),
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
}

const problemWith = (onExcessProperty: "error" | "ignore") => (name: string, body: unknown): string | undefined => {
  const topic = find(name)
  if (topic === undefined) return `${name} is no topic with a schema`
  const decoded = Schema.decodeUnknownResult(topic.body, { onExcessProperty, errors: "all" })(body)
  return Result.isFailure(decoded) ? `${name}: ${decoded.failure.message}` : undefined
}

/** What is wrong with an announcement's body, keys included that its schema does not have; `undefined` where nothing is. */
export const problem = problemWith("error")

/** The same for what another version may have announced: keys that its schema does not have are no mistake. */
export const laxProblem = problemWith("ignore")
