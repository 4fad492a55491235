/**
 * Whether packages can be installed from a set of repositories: everything they need, and what that needs, is offered there.
 *
 * This is what repoclosure checks, no more: conflicts are not looked at, nor which streams of modules are enabled. What it
 * finds is broken for sure. Packages that do not say what they need are taken to be fine. Linear in needs and offers.
 */
import * as Steps from "../Steps.ts"
import * as Dependency from "./Dependency.ts"

/** A package, as far as installing it goes. */
export interface Installable {
  /** `name-epoch:version-release.arch`. */
  readonly nevra: string
  readonly name: string
  readonly version: string
  readonly requires: ReadonlyArray<string>
  readonly provides: ReadonlyArray<string>
}

/** What could not be found, by the NEVRA of the package that needs it. */
export type Broken = ReadonlyMap<string, ReadonlyArray<string>>

/** What a package says, read. */
export interface Said {
  /** What it offers, itself first. */
  readonly offers: ReadonlyArray<Dependency.Relation>
  readonly needs: ReadonlyArray<{ readonly text: string; readonly need: Dependency.Need }>
}

/** Reads what packages say, each once: whoever looks at nearly the same packages many times hands the same reader along. */
export const reader = (): (one: Installable) => Said => {
  const known = new WeakMap<Installable, Said>()
  return (one) => {
    const before = known.get(one)
    if (before !== undefined) return before
    const said = {
      offers: [`${one.name} = ${one.version}`, ...one.provides].map(Dependency.parseRelation),
      needs: one.requires.flatMap((text) => {
        const need = Dependency.parseNeed(text)
        return need === undefined ? [] : [{ text, need }]
      })
    }
    known.set(one, said)
    return said
  }
}

/** RPM itself offers these, and files that packages do not list are not known here. */
const unknown = /^(?:rpmlib\(|\/)/

/** Needs and offers that are looked at in one go: less than a millisecond. */
const stride = 1000

interface Offer {
  readonly relation: Dependency.Relation
  readonly by: Installable
}

const addTo = <A>(lists: Map<string, Array<A>>, name: string, one: A): void => {
  const known = lists.get(name)
  if (known === undefined) lists.set(name, [one])
  else known.push(one)
}

/** What a set of packages comes to. */
export interface Closure {
  readonly broken: Broken
  /** Whether one of the packages offers this, be it broken or not. */
  readonly isOffered: (relation: Dependency.Relation) => boolean
}

/** Looks at all of `packages` together, a bounded number of needs and offers at a time. */
export function* closure(
  packages: ReadonlyArray<Installable>,
  read: (one: Installable) => Said = reader()
): Generator<void, Closure> {
  let looked = 0
  const isTurn = (size: number): boolean => {
    looked += size + 1
    if (looked < stride) return false
    looked = 0
    return true
  }
  const offers = new Map<string, Array<Offer>>()
  // Who looks again when a package turns out to be broken: those that need a name it offers.
  const users = new Map<string, Array<Installable>>()
  for (const one of packages) {
    const said = read(one)
    for (const relation of said.offers) addTo(offers, relation.name, { relation, by: one })
    for (const { need } of said.needs) {
      for (const name of Dependency.names(need)) {
        if (users.get(name)?.at(-1) !== one) addTo(users, name, one)
      }
    }
    if (isTurn(said.offers.length + said.needs.length)) yield
  }
  const gone = new Map<string, ReadonlyArray<string>>()
  const isMet = (relation: Dependency.Relation): boolean => {
    const known = offers.get(relation.name)
    if (known === undefined) return unknown.test(relation.name)
    return known.some((offer) => !gone.has(offer.by.nevra) && Dependency.fits(relation, offer.relation))
  }
  let pending: Iterable<Installable> = packages
  for (;;) {
    const next = new Set<Installable>()
    for (const one of pending) {
      const said = read(one)
      if (isTurn(said.needs.length)) yield
      if (gone.has(one.nevra)) continue
      const missing = said.needs.filter(({ need }) => !Dependency.holds(need, isMet)).map(({ text }) => text)
      if (missing.length === 0) continue
      gone.set(one.nevra, missing)
      for (const { name } of said.offers) {
        for (const user of users.get(name) ?? []) if (!gone.has(user.nevra)) next.add(user)
      }
    }
    if (next.size === 0) break
    pending = next
  }
  return {
    broken: gone,
    isOffered: (relation) =>
      offers.get(relation.name)?.some((offer) => Dependency.fits(relation, offer.relation)) ?? false
  }
}

/** The packages that cannot be installed when all of `packages` are offered. */
export const broken = (packages: ReadonlyArray<Installable>): Broken => Steps.finish(closure(packages)).broken

/** What is missing for a package now and was not before. */
export const added = (
  before: ReadonlyArray<string> | undefined,
  after: ReadonlyArray<string>
): ReadonlyArray<string> => before === undefined ? after : after.filter((need) => !before.includes(need))

/** What is broken afterwards and was not before, or not for these reasons. */
export const newly = (before: Broken, after: Broken): Broken =>
  new Map(
    [...after].flatMap(([nevra, missing]) => {
      const more = added(before.get(nevra), missing)
      return more.length === 0 ? [] : [[nevra, more] as const]
    })
  )
