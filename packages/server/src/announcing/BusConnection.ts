/** What carries messages to a broker: taken is what the broker said it has. One connection, made anew after each failure. */
import type { BusMessage } from "./BusMessage.ts"

/** A connection to one broker. Both reject where it is away, and never with a password in the message. */
export interface BusConnection {
  /** Resolves once the broker has confirmed the message. */
  readonly publish: (message: BusMessage) => Promise<void>
  /** Resolves once the broker has answered. */
  readonly probe: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Why a connection failed; `refused` where the broker will never take this message. */
export class BusFailure extends Error {
  readonly refused: boolean
  constructor(message: string, refused = false) {
    super(message)
    this.refused = refused
  }
}

/** A failure without what its text may repeat of the address: user and password. */
export const failure = (url: string, cause: unknown, refused = false): BusFailure => {
  if (cause instanceof BusFailure) return cause
  const { password, username } = new URL(url)
  const error = cause as { readonly message?: string; readonly code?: string }
  let text = error.message === undefined || error.message === "" ? error.code ?? "no reason given" : error.message
  for (const secret of [password, username].flatMap((one) => one === "" ? [] : [one, decodeURIComponent(one)])) {
    text = text.replaceAll(secret, "…")
  }
  return new BusFailure(text.slice(0, 300), refused)
}

/** The same promise, or a failure after so many milliseconds. */
export const within = <A>(millis: number, promise: Promise<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new BusFailure(`no answer within ${millis / 1000} seconds`)), millis)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
