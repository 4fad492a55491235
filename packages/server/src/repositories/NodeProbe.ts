/**
 * Asks an address for nothing but its status: is this storage node well, is this repository still there.
 *
 * Addresses come from nodes that register themselves and from whoever posts records, so they may not lie inside the operator's network
 * unless the operator named their host (`ORCH_CHACRA_NODES`) or allowed it. Nothing of the answer is read.
 */
import * as Effect from "effect/Effect"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import type { Settings } from "./RepositoriesConfig.ts"

export type Options = Pick<Settings, "nodeTlsVerify" | "nodes" | "outgoingAllow">

/** The host, with its port where it has one, of a configured node: with or without scheme, with or without slash. */
export const hostOf = (address: string): string => address.replace(/^https?:\/\//, "").replace(/\/.*$/, "")

const named = ({ nodes, outgoingAllow }: Options, url: URL | null): OutgoingRequest.Options["namedBy"] =>
  url !== null && nodes.some((node) => URL.parse(`https://${hostOf(node)}`)?.hostname === url.hostname)
    ? "operator"
    : { stranger: outgoingAllow }

const quietly = (message: string): Effect.Effect<void> => Effect.logDebug(message)

/**
 * The status code of an http or https address; undefined when there was no answer in time, or nobody may ask there, which `refused` is
 * told. Never fails.
 */
export const status = (
  method: "GET" | "HEAD",
  address: string,
  options: Options,
  timeoutMillis: number,
  refused = quietly
): Effect.Effect<number | undefined> =>
  OutgoingRequest.send({
    method,
    url: address,
    timeoutMillis,
    maxBytes: 0,
    tlsVerify: options.nodeTlsVerify,
    namedBy: named(options, URL.parse(address))
  }).pipe(
    Effect.tapError(({ message, reason }) => reason === "refused" ? refused(`not asked: ${message}`) : Effect.void),
    Effect.match({ onFailure: () => undefined, onSuccess: (answer) => answer.status })
  )

/** True when `GET https://host/health/` is answered below 400, as shaman asks it. `host` may carry a port. */
export const isWell = (host: string, options: Options, timeoutMillis: number, refused = quietly) =>
  Effect.map(
    status("GET", `https://${host}/health/`, options, timeoutMillis, refused),
    (code) => code !== undefined && code < 400
  )
