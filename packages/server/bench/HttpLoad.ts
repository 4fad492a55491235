/** Requests as fast as they are answered, over connections that stay open; what they cost the answering process is read from the system. */
import { readdirSync, readFileSync } from "node:fs"
import { connect } from "node:net"
import { setTimeout as pause } from "node:timers/promises"

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
  readonly requests: number
  /** Milliseconds of all but one in a hundred at the most. */
  readonly p99: number
}

/** Asks for the path again and again over one connection, until it is told to stop; each answer is told with its milliseconds. */
const asking = (url: string, path: string, answered: (milliseconds: number) => boolean): Promise<void> => {
  const { hostname, port } = new URL(url)
  const request = `GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`
  return new Promise<void>((resolve, reject) => {
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
      if (answered(performance.now() - asked)) ask()
      else socket.destroy()
    })
  })
}

/** What is measured from one moment to another. */
const measuring = (pid: number) => {
  const times: Array<number> = []
  const [before, began] = [processor(pid), performance.now()]
  const end = (): Load => ({
    rate: times.length / ((performance.now() - began) / 1000),
    cost: (processor(pid) - before) / times.length * 1e6,
    requests: times.length,
    p99: times.sort((one, two) => one - two)[Math.floor(times.length * 0.99)] ?? Number.NaN
  })
  return { times, began, end }
}

/** Asks for the path over `connections` for these milliseconds. */
export const run = async (
  url: string,
  pid: number,
  path: string,
  { connections = 16, milliseconds = 2_000 } = {}
): Promise<Load> => {
  const { began, end, times } = measuring(pid)
  const answered = (took: number): boolean => {
    times.push(took)
    return performance.now() - began <= milliseconds
  }
  await Promise.all(Array.from({ length: connections }, () => asking(url, path, answered)))
  return end()
}

/**
 * The same without a break, where what is compared changes between turns: `begin` is called before each of them, whose first tenth is not
 * counted. What else the machine does is much the same in two turns that short.
 */
export const turns = async (
  url: string,
  pid: number,
  path: string,
  { begin, connections = 16, count, milliseconds }: {
    readonly begin: (turn: number) => void
    readonly connections?: number
    readonly count: number
    readonly milliseconds: number
  }
): Promise<ReadonlyArray<Load>> => {
  let isOver = false
  let now = measuring(pid)
  const loads: Array<Load> = []
  const asked = Promise.all(Array.from({ length: connections }, () =>
    asking(url, path, (took) => {
      now.times.push(took)
      return !isOver
    })))
  for (let turn = 0; turn < count; turn++) {
    begin(turn)
    await pause(milliseconds / 10)
    now = measuring(pid)
    await pause(milliseconds * 0.9)
    loads.push(now.end())
  }
  isOver = true
  await asked
  return loads
}
