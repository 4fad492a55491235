/** What the Promise client tells of message brokers and topics. Plain types, held to the API's by a test. */

/** Somebody who is told of announcements. `behind` counts those that were not brought there yet. */
export interface ToldListener {
  readonly id: string
  readonly kind: "webhook" | "amqp" | "mqtt"
  readonly address: string
  /** Prefixes; empty: everything. */
  readonly topics: ReadonlyArray<string>
  readonly behind: number
}

/** A broker that is listened to. Counts are of all time; times are RFC 3339 in UTC. */
export interface HeardBroker {
  readonly id: string
  readonly kind: "amqp" | "mqtt"
  readonly address: string
  readonly topics: ReadonlyArray<string>
  /** What it is believed about. */
  readonly believed: ReadonlyArray<string>
  readonly connected: boolean
  readonly since: string | null
  readonly reason: string | null
  readonly received: number
  readonly repeated: number
  readonly refused: number
  readonly last_refusal: string | null
  readonly passed_on: number
  readonly waiting: number
  readonly failed: number
  readonly last_at: string | null
}

/** A message that came in and was kept. `said` is what was done, or why it could not be. */
export interface KeptMessage {
  readonly number: number
  readonly source: string
  readonly message_id: string
  readonly topic: string
  readonly subject: string
  readonly state: "waiting" | "handled" | "failed"
  readonly attempts: number
  readonly said: string
  readonly received_at: string
}

/** A topic of announcements. */
export interface TopicLine {
  readonly topic: string
  readonly version: number
  /** How messages name the schema. */
  readonly schema: string
  readonly about: string
  readonly subject: string
}

/** Message brokers, and the topics of announcements. Every function rejects with `RequestFailed`. */
export interface Bus {
  readonly status: () => Promise<{
    readonly told: ReadonlyArray<ToldListener>
    readonly heard: ReadonlyArray<HeardBroker>
  }>
  /** The newest first; `before` goes on below a number. */
  readonly messages: (query?: {
    readonly state?: KeptMessage["state"]
    readonly before?: number
    readonly limit?: number
  }) => Promise<ReadonlyArray<KeptMessage>>
  /** Gives a message that failed another try. It needs the right to administer. */
  readonly retry: (number: number) => Promise<void>
  readonly topics: () => Promise<ReadonlyArray<TopicLine>>
  /** The JSON Schema (draft 2020-12) of a topic's messages. */
  readonly schema: (topic: string) => Promise<{ readonly [key: string]: unknown }>
}
