/** The message bus: what brokers were told and what they brought, and the topics of announcements with their schemas. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

const textOrNull = Schema.NullOr(Schema.String)

/** Somebody who is told of announcements. `behind` counts those that were not brought there yet. */
export const ToldListener = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literals(["webhook", "amqp", "mqtt"]),
  /** Without user and password. */
  address: Schema.String,
  /** Prefixes; empty: everything. */
  topics: Schema.Array(Schema.String),
  behind: Schema.Number
}).annotate({ identifier: "ToldListener" })
/** Somebody who is told. */
export interface ToldListener extends Schema.Schema.Type<typeof ToldListener> {}

/** A broker that is listened to. Counts are of all time; times are RFC 3339 in UTC. */
export const HeardBroker = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literals(["amqp", "mqtt"]),
  /** Without user and password. */
  address: Schema.String,
  topics: Schema.Array(Schema.String),
  /** What it is believed about. */
  believed: Schema.Array(Schema.String),
  connected: Schema.Boolean,
  /** Since when it is connected, or is not. */
  since: textOrNull,
  /** Why it is not connected. */
  reason: textOrNull,
  received: Schema.Number,
  repeated: Schema.Number,
  /** Messages that could not be read, and what was wrong with the last one. */
  refused: Schema.Number,
  last_refusal: textOrNull,
  /** Hints that were passed on and not kept. */
  passed_on: Schema.Number,
  waiting: Schema.Number,
  failed: Schema.Number,
  last_at: textOrNull
}).annotate({ identifier: "HeardBroker" })
/** A broker that is listened to. */
export interface HeardBroker extends Schema.Schema.Type<typeof HeardBroker> {}

/** A message that came in and was kept. `said` is what was done, or why it could not be. */
export const KeptMessage = Schema.Struct({
  number: Schema.Number,
  source: Schema.String,
  message_id: Schema.String,
  topic: Schema.String,
  subject: Schema.String,
  state: Schema.Literals(["waiting", "handled", "failed"]),
  attempts: Schema.Number,
  said: Schema.String,
  received_at: Schema.String
}).annotate({ identifier: "KeptMessage" })
/** A message that came in. */
export interface KeptMessage extends Schema.Schema.Type<typeof KeptMessage> {}

/** A topic of announcements. */
export const TopicLine = Schema.Struct({
  topic: Schema.String,
  version: Schema.Number,
  /** How messages name the schema. */
  schema: Schema.String,
  about: Schema.String,
  /** What subjects look like. */
  subject: Schema.String
}).annotate({ identifier: "TopicLine" })
/** A topic of announcements. */
export interface TopicLine extends Schema.Schema.Type<typeof TopicLine> {}

/** The bus below `/orch/v1/bus`, and topics below `/orch/v1/topics`. */
export class BusApi extends HttpApiGroup.make("bus")
  .add(
    /** Who is told and who is listened to, as this server process sees it. */
    HttpApiEndpoint.get("status", "/bus", {
      success: Schema.Struct({ told: Schema.Array(ToldListener), heard: Schema.Array(HeardBroker) }),
      error: Unavailable
    }).annotate(Right, "read"),
    /** Messages that came in and were kept, the newest first; `before` goes on below a number. */
    HttpApiEndpoint.get("messages", "/bus/messages", {
      query: {
        state: Schema.optionalKey(Schema.Literals(["waiting", "handled", "failed"])),
        before: Schema.optionalKey(Schema.String),
        limit: Schema.optionalKey(Schema.String)
      },
      success: Schema.Array(KeptMessage),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    /** Gives a message that failed another try. */
    HttpApiEndpoint.post("retry", "/bus/messages/:number/retry", {
      params: { number: Schema.String },
      success: HttpApiSchema.NoContent,
      error: [Unauthorized, Forbidden, NotFound, Unavailable]
    }).annotate(Right, "administer"),
    HttpApiEndpoint.get("topics", "/topics", { success: Schema.Array(TopicLine) }).annotate(Right, "read"),
    /** The JSON Schema (draft 2020-12) of a topic's messages. */
    HttpApiEndpoint.get("topic", "/topics/:topic", {
      params: { topic: Schema.String },
      success: Schema.Record(Schema.String, Schema.Json),
      error: NotFound
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1")
  .annotateMerge(OpenApi.annotations({ title: "Message bus" }))
{}
