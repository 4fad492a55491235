/**
 * Whether nodes that were not rebuilt would have come out as they are: a sample of them is built all the same.
 *
 * A difference is a false cut: the input misses something that reached the result. How often that is seen is the rate that is shown;
 * what is wrong is revoked with everything that was made of it, and planned again.
 */
import * as BuildInput from "./BuildInput.ts"
import * as TraceStore from "./TraceStore.ts"

/** One node that was cut off, with the result that was taken for it. */
export interface Cut {
  readonly node: string
  /** Hash of its input, by which its trace is found. */
  readonly input: string
}

/** What an audit found. */
export interface CutOffAudit {
  readonly sampled: number
  /** Cuts whose build came out differently. */
  readonly falseCuts: ReadonlyArray<Cut>
  /** False ones among those sampled, from 0 to 1; `undefined` where nothing was sampled. */
  readonly rate: number | undefined
  /** Above this share the truth lies with 5 % likelihood at most; 1 where nothing was sampled. */
  readonly upperBound: number
}

/** A few of these, chosen by numbers from 0 up to 1, one for each that is taken; no cut twice. Linear. */
export const sample = (
  cuts: ReadonlyArray<Cut>,
  size: number,
  random: () => number
): ReadonlyArray<Cut> => {
  const left = [...cuts]
  const taken = Math.min(Math.max(0, Math.floor(size)), left.length)
  for (let at = 0; at < taken; at++) {
    const other = at + Math.min(left.length - at - 1, Math.floor(random() * (left.length - at)))
    const one = left[at]!
    left[at] = left[other]!
    left[other] = one
  }
  return left.slice(0, taken)
}

/** Whether this one is of the share that is looked at, from 0 to 1: by chance, and the same whenever it is asked of one name. */
export const isSampled = (name: string, share: number): boolean =>
  Number.parseInt(BuildInput.hashOf(["audit", name]).slice(0, 12), 16) / 2 ** 48 < share

/**
 * Above this share the truth lies with 5 % likelihood at most, where so many of all that were sampled were wrong; 1 where none was sampled.
 * Wilson's bound at one side: honest for few samples and for none that was wrong.
 */
export const upperBound = (wrong: number, all: number): number => {
  if (all === 0) return 1
  const z = 1.645
  const share = wrong / all
  const spread = z * Math.sqrt(share * (1 - share) / all + z * z / (4 * all * all))
  return Math.min(1, (share + z * z / (2 * all) + spread) / (1 + z * z / all))
}

/** Compares builds of sampled cuts with the traces that were taken for them; a cut whose trace is gone counts as sampled and right. */
export const judge = (
  store: TraceStore.TraceStore,
  rebuilt: ReadonlyArray<Cut & { readonly output: BuildInput.Output }>
): CutOffAudit => {
  const falseCuts = rebuilt.filter(({ input, output }) => {
    const trace = TraceStore.find(store, input)
    return trace !== undefined && !BuildInput.isSame(trace.output, output)
  }).map(({ input, node }) => ({ node, input }))
  return {
    sampled: rebuilt.length,
    falseCuts,
    rate: rebuilt.length === 0 ? undefined : falseCuts.length / rebuilt.length,
    upperBound: upperBound(falseCuts.length, rebuilt.length)
  }
}
