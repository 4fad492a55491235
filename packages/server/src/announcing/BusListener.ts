/** Which message brokers are told: read from the configuration and from nowhere else. */
import type { Listener } from "@orch/core/ports/Announcer"
import * as Result from "effect/Result"
import * as BrokerEntry from "./BrokerEntry.ts"
import * as EntryList from "./EntryList.ts"

/** One broker. */
export interface BusListener extends Listener, BrokerEntry.BrokerEntry {
  /** The first parts of all topics, such as `org.example.prod`. */
  readonly prefix: string
}

const read = (id: string, given: Readonly<Record<string, unknown>>): Result.Result<BusListener, string> => {
  const { prefix, topics = [] } = given
  if (typeof prefix !== "string" || !/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){0,7}$/.test(prefix) || prefix.length > 100) {
    return Result.fail("its prefix must be like org.example.prod")
  }
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === "string" && topic !== "")) {
    return Result.fail("its topics must be a list of prefixes such as module-build.state")
  }
  return Result.map(BrokerEntry.read(id, given), (broker) => ({ ...broker, prefix, topics }))
}

/**
 * Reads `[{"id", "url", "prefix", "exchange", "topics", "ca", "cert", "key"}]`; `exchange` is `amq.topic` unless said. Empty text
 * means nobody.
 */
export const parse = EntryList.parser<BusListener>({
  noun: "broker",
  keys: ["id", "url", "prefix", "exchange", "topics", "ca", "cert", "key"],
  read
})
