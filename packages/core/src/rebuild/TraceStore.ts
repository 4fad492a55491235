/**
 * What builds made of what: constructive traces, by which equal inputs take an earlier result, whichever module, stream or campaign
 * it was made for.
 *
 * A value, changed by making another one. Keeping it is the caller's.
 */
import * as BuildInput from "./BuildInput.ts"

/** One build: its input, its output, and which traces the ingredients came from. */
export interface Trace {
  /** Hash of the input, which is the trace's name. */
  readonly input: string
  readonly node: string
  readonly output: BuildInput.Output
  /** Traces that made what was in the buildroot. */
  readonly from: ReadonlyArray<string>
}

/** Two builds of one input that came out differently: the build is not reproducible, or the input misses something. */
export interface Conflict {
  readonly input: string
  readonly node: string
  /** The output that counts: the one seen first, since others were built upon it. */
  readonly kept: BuildInput.Output
  readonly other: BuildInput.Output
}

/** All traces by their inputs, and what was seen to contradict them. */
export interface TraceStore {
  readonly traces: ReadonlyMap<string, Trace>
  readonly conflicts: ReadonlyArray<Conflict>
}

/** A store of nothing. */
export const empty: TraceStore = { traces: new Map(), conflicts: [] }

/** The trace of this input; `undefined` where nobody has built it. */
export const find = ({ traces }: TraceStore, input: string): Trace | undefined => traces.get(input)

/** The store with one more trace. Of one input with two outputs the first counts, and the other is a conflict, recorded once. */
export const record = (store: TraceStore, trace: Trace): TraceStore => recordAll(store, [trace])

/** The store with these traces, in this order; linear in all traces. */
export const recordAll = (store: TraceStore, traces: ReadonlyArray<Trace>): TraceStore => {
  const known = new Map(store.traces)
  const conflicts = [...store.conflicts]
  for (const { from, input, node, output } of traces) {
    const before = known.get(input)
    if (before === undefined) known.set(input, { input, node, output, from })
    else if (!BuildInput.isSame(before.output, output)) {
      const isKnown = conflicts.some((one) => one.input === input && BuildInput.isSame(one.other, output))
      if (!isKnown) conflicts.push({ input, node, kept: before.output, other: output })
    }
  }
  return { traces: known, conflicts }
}

/** The store without these traces and all that were made with them, and the nodes of those, which are to be planned again. */
export const revoke = (
  store: TraceStore,
  inputs: Iterable<string>
): { readonly store: TraceStore; readonly nodes: ReadonlySet<string> } => {
  const users = new Map<string, Array<string>>()
  for (const { from, input } of store.traces.values()) {
    for (const one of from) {
      const list = users.get(one)
      if (list === undefined) users.set(one, [input])
      else list.push(input)
    }
  }
  const gone = new Set(inputs)
  // A set may grow while it is walked: what is added is visited, too.
  for (const input of gone) for (const user of users.get(input) ?? []) gone.add(user)
  const nodes = new Set([...gone].flatMap((input) => store.traces.get(input)?.node ?? []))
  const traces = new Map([...store.traces].filter(([input]) => !gone.has(input)))
  return { store: { traces, conflicts: store.conflicts.filter(({ input }) => !gone.has(input)) }, nodes }
}
