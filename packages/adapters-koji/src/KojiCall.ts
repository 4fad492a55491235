/**
 * One call of a hub method, and many in one.
 *
 * XML-RPC knows no keyword arguments: Koji sends them as one last struct with the marker member `__starstar`. `multiCall`
 * carries many calls in one request and one transaction, in which a failing call is undone alone and the others stay.
 */
import * as Result from "effect/Result"
import { KojiFault } from "./KojiError.ts"
import type { Plain, Struct, Value } from "./XmlRpc.ts"

/** A method and its arguments. */
export interface KojiCall {
  readonly method: string
  /** Keyword arguments, if any, already last. */
  readonly params: ReadonlyArray<Value>
}

/** A call with positional and keyword arguments; keywords that are `undefined` are left out. */
export const make = (
  method: string,
  positional: ReadonlyArray<Value> = [],
  keywords: { readonly [name: string]: Value | undefined } = {}
): KojiCall => {
  const given = Object.entries(keywords).filter((entry): entry is [string, Value] => entry[1] !== undefined)
  return {
    method,
    params: given.length === 0 ? positional : [...positional, { ...Object.fromEntries(given), __starstar: true }]
  }
}

const isStruct = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array)

/** Splits parameters, as of a stored task request, into positional and keyword arguments. */
export const split = <A extends Value | Plain>(
  params: ReadonlyArray<A>
): { readonly positional: ReadonlyArray<A>; readonly keywords: Readonly<Record<string, A>> } => {
  const last: unknown = params.at(-1)
  if (!isStruct(last) || !last.__starstar) return { positional: params, keywords: {} }
  const keywords = Object.entries(last).filter(([name]) => name !== "__starstar")
  return { positional: params.slice(0, -1), keywords: Object.fromEntries(keywords) as Record<string, A> }
}

/** Many calls as one. */
export const multiCall = (calls: ReadonlyArray<KojiCall>): KojiCall => ({
  method: "multiCall",
  params: [calls.map((call): Struct => ({ methodName: call.method, params: call.params }))]
})

/** How many calls one request carries. */
export const size = ({ method, params: [calls] }: KojiCall): number =>
  method === "multiCall" && Array.isArray(calls) ? Math.max(1, calls.length) : 1

/** The answers of a `multiCall`, one per call; `undefined` when the answer does not have that shape. */
export const multiCallResults = (
  calls: ReadonlyArray<KojiCall>,
  answer: Plain
): ReadonlyArray<Result.Result<Plain, KojiFault>> | undefined => {
  if (!Array.isArray(answer) || answer.length !== calls.length) return undefined
  const out: Array<Result.Result<Plain, KojiFault>> = []
  for (const [index, element] of (answer as ReadonlyArray<Plain>).entries()) {
    if (Array.isArray(element) && element.length === 1) out.push(Result.succeed(element[0] as Plain))
    else if (isStruct(element) && typeof element.faultCode === "number") {
      out.push(Result.fail(
        new KojiFault({
          method: calls[index]?.method ?? "",
          code: element.faultCode,
          text: String(element.faultString ?? "")
        })
      ))
    } else return undefined
  }
  return out
}
