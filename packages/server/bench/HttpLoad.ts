/** Requests as fast as they are answered, over connections that stay open; what they cost the answering process is read from the system. */
import { readdirSync, readFileSync } from "node:fs"
import { connect } from "node:net"

/** Seconds of processors that the threads of a process have used, to the nanosecond. */
const processor = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
    0
  ) / 1e9

/** Where an answer that begins at 0 ends; `undefined` while its head is not whole. */
const answerEnd = (bytes: Buffer): number | undefined => {
  const head = bytes.indexOf("\r\n\r\n")
  if (head < 0) return undefined
  const text = bytes.toString("latin1", 0, head)
  if (!text.startsWith("HTTP/1.1 200 ")) throw new Error(text)
  const length = /^content-length: (\d+)/im.exec(text)?.[1]
  if (length === undefined) throw new Error(`no content-length: ${text}`)
  return head + 4 + Number(length)
}

/** What came of the requests. */
export interface Load {
  /** Requests a second. */
  readonly rate: number
  /** Microseconds of processors of the process, for each request. */
  readonly cost: number
  /** Milliseconds of all but one in a hundred at the most. */
  readonly p99: number
}

/** Asks for the path over `connections` for these milliseconds. */
export const run = async (
  url: string,
  pid: number,
  path: string,
  { connections = 16, milliseconds = 2_000 } = {}
): Promise<Load> => {
  const { hostname, port } = new URL(url)
  const request = `GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`
  const times: Array<number> = []
  const [before, began] = [processor(pid), performance.now()]
  await Promise.all(Array.from({ length: connections }, () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      let pending: Buffer = Buffer.alloc(0)
      let asked = 0
      const ask = (): void => {
        asked = performance.now()
        socket.write(request)
      }
      socket.on("connect", ask).on("error", reject).on("close", () => resolve()).on("data", (chunk: Buffer) => {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
        try {
          const end = answerEnd(pending)
          if (end === undefined || pending.length < end) return
          pending = pending.subarray(end)
        } catch (error) {
          socket.destroy()
          return reject(error)
        }
        times.push(performance.now() - asked)
        if (performance.now() - began > milliseconds) socket.destroy()
        else ask()
      })
    })))
  const seconds = (performance.now() - began) / 1000
  return {
    rate: times.length / seconds,
    cost: (processor(pid) - before) / times.length * 1e6,
    p99: times.sort((one, two) => one - two)[Math.floor(times.length * 0.99)] ?? Number.NaN
  }
}
