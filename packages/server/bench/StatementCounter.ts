/**
 * Counts SQL statements where they cannot be missed: on the wire, by the messages that execute one. Transaction control and
 * notifications count too.
 */
import { connect, type Socket } from "node:net"

export interface StatementCounter {
  total: number
  /** By text; what is sent as a simple query or not prepared by name is there too. */
  readonly byText: Map<string, number>
}

export const make = (): StatementCounter => ({ total: 0, byText: new Map() })

export const reset = (self: StatementCounter): void => {
  self.total = 0
  self.byText.clear()
}

/** Reads what a client sends on one connection; `isStarted` is false where its first message has no type. */
export const reader = (self: StatementCounter, isStarted: boolean): (bytes: Uint8Array) => void => {
  const texts = new Map<string, string>()
  let started = isStarted
  let pending = Buffer.alloc(0)
  const count = (text: string) => {
    self.total++
    self.byText.set(text, (self.byText.get(text) ?? 0) + 1)
  }
  return (bytes) => {
    pending = pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([pending, bytes])
    for (;;) {
      const head = started ? 1 : 0
      if (pending.length < head + 4) return
      const length = pending.readInt32BE(head) + head
      if (pending.length < length) return
      const strings = pending.subarray(head + 4, length).toString("latin1").split("\0")
      if (started) {
        const type = String.fromCharCode(pending[0]!)
        if (type === "Q") count(strings[0]!)
        else if (type === "P") texts.set(strings[0]!, strings[1]!)
        // A portal's name and a statement's; each bind is executed once.
        else if (type === "B") count(texts.get(strings[1]!) ?? "?")
      }
      started = true
      pending = pending.subarray(length)
    }
  }
}

/** A connection to a server whose statements are counted. */
export const socket = (self: StatementCounter, host: string, port: number): Socket => {
  const read = reader(self, false)
  const made = connect({ host, port, noDelay: true })
  const write = made.write.bind(made) as (...args: ReadonlyArray<unknown>) => boolean
  made.write = ((chunk: Uint8Array, ...rest: ReadonlyArray<unknown>) => {
    read(chunk)
    return write(chunk, ...rest)
  }) as typeof made.write
  return made
}
