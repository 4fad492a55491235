/**
 * Module streams as they were built last, with what their buildroots held, in numbers: a plan of 100,000 of them looks at each of 600,000
 * edges several times, while somebody waits.
 */
import * as DependencyGraph from "../rebuild/DependencyGraph.ts"

/** A component of a document: its repository, and the reference that the document names. */
export interface Component {
  readonly name: string
  readonly repository: string
  readonly ref?: string
}

/** For each module the positions of others, each once, by name: those of module `n` are at `start[n]` up to `start[n + 1]`. */
export interface Uses {
  readonly start: Uint32Array
  readonly ends: Uint32Array
  /** 1 where the document asks for it itself. */
  readonly isNamed: Uint8Array
}

/** Modules by position. */
export interface BuiltModules {
  /** `name:stream` of each, each once. */
  readonly names: ReadonlyArray<string>
  /** Positions in the order of the names. */
  readonly byName: Uint32Array
  readonly scmurls: ReadonlyArray<string>
  /** How long each took, in seconds. */
  readonly seconds: ReadonlyArray<number>
  /** Builds of the newest version, one for each context. */
  readonly buildsOf: (position: number) => ReadonlyArray<number>
  /** Components by name of the module; those that no change is about may be left out. */
  readonly components: ReadonlyMap<string, ReadonlyArray<Component>>
  /** What the buildroots held. */
  readonly uses: Uses
}

/**
 * What each uses, of pairs given as positions in arrays of one length: sorted twice by counting, so each list is in the order of the names. Pairs that
 * are given twice count once, and are named if one of them is; those of a module with itself do not count. Linear.
 */
export const usesOf = (byName: Uint32Array, by: Uint32Array, used: Uint32Array, isNamed: Uint8Array): Uses => {
  const size = byName.length
  const { dependants } = DependencyGraph.unnamed(size, by, used, isNamed)
  const start = new Uint32Array(size + 1)
  for (const own of by) start[own + 1]!++
  for (let own = 0; own < size; own++) start[own + 1]! += start[own]!
  const next = start.slice(0, size)
  const ends = new Uint32Array(by.length)
  const named = new Uint8Array(by.length)
  for (const other of byName) {
    for (let edge = dependants.start[other]!; edge < dependants.start[other + 1]!; edge++) {
      const own = dependants.ends[edge]!
      if (own === other) continue
      const place = next[own]!
      if (place > start[own]! && ends[place - 1] === other) {
        if (dependants.kinds[edge] === 1) named[place - 1] = 1
        continue
      }
      ends[place] = other
      named[place] = dependants.kinds[edge]!
      next[own] = place + 1
    }
  }
  // What did not count leaves room, which is closed.
  let end = 0
  for (let own = 0; own < size; own++) {
    const [from, to] = [start[own]!, next[own]!]
    if (end !== from) {
      ends.copyWithin(end, from, to)
      named.copyWithin(end, from, to)
      start[own] = end
    }
    end += to - from
  }
  start[size] = end
  return { start, ends: ends.subarray(0, end), isNamed: named.subarray(0, end) }
}

/** One module, by name. */
export interface BuiltModule {
  /** `name:stream`. */
  readonly name: string
  readonly builds: ReadonlyArray<number>
  readonly scmurl: string
  readonly seconds: number
  readonly components: ReadonlyArray<Component>
  /** `name:stream` of everything that its buildroot held. */
  readonly buildroot: ReadonlyArray<string>
  /** `name:stream` of what its document asks for itself; all of its buildroot where that is not known. */
  readonly named?: ReadonlyArray<string>
}

/** Modules given one by one; of several of one name the last counts. What none of them is called counts for nobody. */
export const fromList = (modules: ReadonlyArray<BuiltModule>): BuiltModules => {
  const unique = [...new Map(modules.map((module) => [module.name, module])).values()]
  const names = unique.map(({ name }) => name)
  const positions = new Map(names.map((name, position) => [name, position]))
  const pairs = unique.flatMap(({ buildroot, named = buildroot }, own) => {
    const asked = new Set(named)
    return buildroot.flatMap((name) => {
      const used = positions.get(name)
      return used === undefined ? [] : [{ own, used, isNamed: asked.has(name) ? 1 : 0 }]
    })
  })
  const byName = DependencyGraph.byName(names)
  return {
    names,
    byName,
    scmurls: unique.map(({ scmurl }) => scmurl),
    seconds: unique.map(({ seconds }) => seconds),
    buildsOf: (position) => unique[position]!.builds,
    components: new Map(unique.map(({ components, name }) => [name, components])),
    uses: usesOf(
      byName,
      Uint32Array.from(pairs, ({ own }) => own),
      Uint32Array.from(pairs, ({ used }) => used),
      Uint8Array.from(pairs, ({ isNamed }) => isNamed)
    )
  }
}
