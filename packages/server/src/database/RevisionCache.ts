/** The values seen last, by id and revision; the one unused for longest goes first. */
export class RevisionCache<A> {
  readonly #kept = new Map<number, { readonly revision: number; readonly value: A }>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** The value, if it is exactly of this revision. */
  get(id: number, revision: number): A | undefined {
    const kept = this.latest(id)
    return kept?.revision === revision ? kept.value : undefined
  }

  latest(id: number): { readonly revision: number; readonly value: A } | undefined {
    const kept = this.#kept.get(id)
    if (kept === undefined) return undefined
    this.#kept.delete(id)
    this.#kept.set(id, kept)
    return kept
  }

  /** Keeps a value, unless a later revision is kept already. */
  put(id: number, revision: number, value: A): void {
    const kept = this.#kept.get(id)
    if (kept !== undefined && kept.revision > revision) return
    this.#kept.delete(id)
    this.#kept.set(id, { revision, value })
    if (this.#kept.size > this.#capacity) this.#kept.delete(this.#kept.keys().next().value!)
  }
}
