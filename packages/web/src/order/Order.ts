/** Components in columns of batches: where the barriers are, and which chain takes longest. Values in, values out. */

/** What the order has to know of one component. */
export interface Member {
  readonly name: string
  /** From 1. */
  readonly batch: number
  /** Components it waits for by name; one of a later batch that names none waits for the whole batch before. */
  readonly after: ReadonlyArray<string>
  /** How long it takes, took, or usually takes; `undefined` where nobody knows. */
  readonly seconds: number | undefined
}

/** The columns in order, each with its members in the order given. */
export const columns = <M extends Member>(members: ReadonlyArray<M>): ReadonlyArray<ReadonlyArray<M>> => {
  const byBatch = new Map<number, Array<M>>()
  for (const member of members) {
    const known = byBatch.get(member.batch)
    if (known === undefined) byBatch.set(member.batch, [member])
    else known.push(member)
  }
  return [...byBatch].sort(([a], [b]) => a - b).map(([, column]) => column)
}

/** Whether all of the columns before have to be in the repository before one of these begins. */
export const hasBarrier = (column: ReadonlyArray<Member>): boolean => column.some(({ after }) => after.length === 0)

/** What counts where no time is known: a chain is then as long as it has members. */
const unknown = 1

/**
 * The names of one heaviest chain, first to last. Behind a barrier a chain goes on from the heaviest one of all columns before.
 * Linear in members and relations.
 */
export const criticalPath = (members: ReadonlyArray<Member>): ReadonlyArray<string> => {
  const reach = new Map<string, { readonly weight: number; readonly before: string | undefined }>()
  let heaviest: string | undefined
  const weightOf = (name: string | undefined): number => name === undefined ? 0 : reach.get(name)?.weight ?? 0
  for (const column of columns(members)) {
    const barrier = heaviest
    for (const { after, name, seconds } of column) {
      const before = after.length === 0
        ? barrier
        : after.filter((one) => reach.has(one)).reduce<string | undefined>(
          (best, one) => weightOf(one) > weightOf(best) ? one : best,
          undefined
        )
      reach.set(name, { weight: weightOf(before) + (seconds ?? unknown), before })
      if (heaviest === undefined || weightOf(name) > weightOf(heaviest)) heaviest = name
    }
  }
  const chain: Array<string> = []
  for (let name = heaviest; name !== undefined; name = reach.get(name)?.before) chain.push(name)
  return chain.reverse()
}
