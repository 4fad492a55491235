/**
 * What questions about the graph reached, kept while no edge changes: whoever turns pages has each edge followed once, and not for each page.
 *
 * Nodes are kept as the JSON texts that the database answered, which is a third of what they are as objects; a page reads those that it lies in.
 */
import type { ReachedRow } from "./statements/GraphStatements.ts"

/** Nodes of one text. */
export const together = 500
/** Nodes that are kept, of all questions together: some thirty megabytes. */
const most = 500_000
/** What a question costs beside its nodes, in nodes. */
const each = 100

/** All that one question reached, and at which revision of the graph. */
export interface Reach {
  readonly revision: string
  readonly total: number
  readonly texts: ReadonlyArray<string>
}

/** The nodes of a page. */
export const page = ({ texts }: Reach, limit: number, offset: number): ReadonlyArray<ReachedRow> => {
  const first = Math.floor(offset / together)
  const nodes = texts.slice(first, Math.ceil((offset + limit) / together)).flatMap((text) =>
    JSON.parse(text) as ReadonlyArray<readonly [node: string, depth: number, type: string, via: string]>
  )
  return nodes.slice(offset - first * together, offset - first * together + limit).map(([node, depth, type, via]) => ({
    node,
    depth,
    type,
    via
  }))
}

/** What is kept, by question; what nobody asked for the longest is dropped first. */
export interface KeptReaches {
  /** Only what was reached at this revision. */
  readonly get: (question: string, revision: string) => Reach | undefined
  readonly keep: (question: string, reach: Reach) => void
}

/** Keeps nothing yet; of all questions together, this many nodes. */
export const make = (nodes: number = most): KeptReaches => {
  const kept = new Map<string, Reach>()
  let size = 0
  const drop = (question: string) => {
    const known = kept.get(question)
    if (known !== undefined && kept.delete(question)) size -= known.total + each
  }
  return {
    get: (question, revision) => {
      const known = kept.get(question)
      if (known === undefined || known.revision !== revision) return undefined
      kept.delete(question)
      kept.set(question, known)
      return known
    },
    keep: (question, reach) => {
      drop(question)
      if (reach.total + each > nodes) return
      kept.set(question, reach)
      size += reach.total + each
      for (const oldest of kept.keys()) {
        if (size <= nodes) break
        drop(oldest)
      }
    }
  }
}
