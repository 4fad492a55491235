/**
 * Reads, plans and writes documents of modules. Large ones take some hundred milliseconds for each, so they are handed to a thread:
 * the server goes on answering others meanwhile, and a document that takes too long or too much memory costs the thread alone.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { Worker } from "node:worker_threads"
import * as ProgramFile from "../../programs/ProgramFile.ts"
import { type Answered, type Asked, type Questions, questions } from "./DocumentThread.ts"
import * as KnownTexts from "./KnownTexts.ts"

/** Characters of a document, and components of a module, from which it is large: some ten milliseconds of work. */
const largeText = 100_000
const largeModule = 1000

/** Seconds after which an answer is not waited for any more; the largest document that is taken needs two. */
const patience = 60

/** A document takes more time or memory than there is for one. */
export class TooCostly extends Data.TaggedError("TooCostly")<{ readonly cause: unknown }> {
  override readonly message = "The modulemd takes more time or memory than the server has for one document"
}

interface Pending {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
  readonly limit: NodeJS.Timeout
}

interface Thread {
  readonly worker: Worker
  readonly pending: Map<number, Pending>
}

let current: Thread | undefined
let lastId = 0

const lose = (thread: Thread, error: Error): void => {
  if (current === thread) current = undefined
  for (const { limit, reject } of thread.pending.values()) {
    clearTimeout(limit)
    reject(error)
  }
  thread.pending.clear()
}

const begin = (): Thread => {
  const worker = new Worker(ProgramFile.find("DocumentThread", import.meta.dirname), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 1024 }
  })
  const thread: Thread = { worker, pending: new Map() }
  worker.on("message", (answered: Answered) => {
    const pending = thread.pending.get(answered.id)
    if (pending === undefined) return
    clearTimeout(pending.limit)
    thread.pending.delete(answered.id)
    if ("error" in answered) pending.reject(new Error(answered.error))
    else pending.resolve(answered.answer)
    // This process may end while the thread has nothing to do.
    if (thread.pending.size === 0) worker.unref()
  })
  worker.on("error", (error) => lose(thread, error instanceof Error ? error : new Error(String(error))))
  worker.on("exit", () => lose(thread, new Error("the thread that works on large documents has ended")))
  return thread
}

const ask = (question: keyof Questions, value: unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const thread = current ??= begin()
    const id = ++lastId
    const limit = setTimeout(() => void thread.worker.terminate(), patience * 1000)
    thread.pending.set(id, { resolve, reject, limit })
    thread.worker.ref()
    thread.worker.postMessage({ id, question, value } satisfies Asked)
  })

const answer = <Q extends keyof Questions>(
  question: Q,
  value: Parameters<Questions[Q]>[0],
  isLarge: boolean
): Effect.Effect<ReturnType<Questions[Q]>, TooCostly> =>
  isLarge
    ? Effect.tryPromise({
      try: () => ask(question, value) as Promise<ReturnType<Questions[Q]>>,
      catch: (cause) => new TooCostly({ cause })
    })
    : Effect.sync(() => questions[question](value as never) as ReturnType<Questions[Q]>)

/** The documents of a text, and what is wrong with it. */
export const read = (text: string) => answer("read", text, text.length > largeText)

/** What is odd in a text and does not refuse it; nothing where that takes too much. */
export const remarks = (text: string) =>
  answer("remarks", text, text.length > largeText).pipe(Effect.orElseSucceed(() => []))

/** Where the dependencies of the documents of a text are written; nothing where that takes too much. */
export const lines = (text: string) =>
  answer("lines", text, text.length > largeText).pipe(Effect.orElseSucceed(() => []))

/** The plan of one build, or why its components have no order. */
export const plan = (request: Parameters<Questions["plan"]>[0]) =>
  answer("plan", request, request.stream.components.rpms.size > largeModule)

const known = KnownTexts.make()

/** A document's text with the commits of its components noted; without them where that takes too much. */
export const withRefs = (value: Parameters<Questions["withRefs"]>[0]): Effect.Effect<string> =>
  Effect.suspend(() => {
    const isLarge = value.text.length > largeText
    const key = isLarge ? "" : `${JSON.stringify(value.refs)}${value.text}`
    const found = isLarge ? undefined : known.find(key)
    if (found !== undefined) return Effect.succeed(found)
    return answer("withRefs", value, isLarge).pipe(
      Effect.tap((text) => Effect.sync(() => isLarge ? undefined : known.keep(key, text))),
      Effect.orElseSucceed(() => value.text)
    )
  })
