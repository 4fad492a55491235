/**
 * Whether packages can be installed from a set of repositories: everything they need, and what that needs, is offered there.
 *
 * This is what repoclosure checks, no more: conflicts are not looked at, nor which streams of modules are enabled. What it
 * finds is broken for sure. Packages that do not say what they need are taken to be fine. Linear in needs and offers.
 */
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

/** RPM itself offers these, and files that packages do not list are not known here. */
const unknown = /^(?:rpmlib\(|\/)/

/** The packages that cannot be installed when all of `packages` are offered. */
export const broken = (packages: ReadonlyArray<Installable>): Broken => {
  const offers = new Map<string, Array<{ readonly relation: Dependency.Relation; readonly by: Installable }>>()
  const add = (relation: Dependency.Relation, by: Installable) => {
    const known = offers.get(relation.name)
    if (known === undefined) offers.set(relation.name, [{ relation, by }])
    else known.push({ relation, by })
  }
  for (const one of packages) {
    add(Dependency.parseRelation(`${one.name} = ${one.version}`), one)
    for (const text of one.provides) add(Dependency.parseRelation(text), one)
  }
  const gone = new Map<string, ReadonlyArray<string>>()
  const isMet = (relation: Dependency.Relation): boolean => {
    const known = offers.get(relation.name)
    if (known === undefined) return unknown.test(relation.name)
    return known.some((offer) => !gone.has(offer.by.nevra) && Dependency.fits(relation, offer.relation))
  }
  const needs = packages.map((one) => ({
    one,
    needs: one.requires.flatMap((text) => {
      const need = Dependency.parseNeed(text)
      return need === undefined ? [] : [{ text, need }]
    })
  }))
  // Who looks again when a package turns out to be broken: those that need a name it offers.
  const users = new Map<string, Array<(typeof needs)[number]>>()
  for (const entry of needs) {
    for (const name of new Set(entry.needs.flatMap(({ need }) => Dependency.names(need)))) {
      const known = users.get(name)
      if (known === undefined) users.set(name, [entry])
      else known.push(entry)
    }
  }
  let pending = new Set(needs)
  while (pending.size > 0) {
    const next = new Set<(typeof needs)[number]>()
    for (const entry of pending) {
      if (gone.has(entry.one.nevra)) continue
      const missing = entry.needs.filter(({ need }) => !Dependency.holds(need, isMet)).map(({ text }) => text)
      if (missing.length === 0) continue
      gone.set(entry.one.nevra, missing)
      for (
        const offered of [
          entry.one.name,
          ...entry.one.provides.map((text) => Dependency.parseRelation(text).name)
        ]
      ) {
        for (const user of users.get(offered) ?? []) if (!gone.has(user.one.nevra)) next.add(user)
      }
    }
    pending = next
  }
  return gone
}

/** What is broken afterwards and was not before, or not for these reasons. */
export const newly = (before: Broken, after: Broken): Broken =>
  new Map(
    [...after].flatMap(([nevra, missing]) => {
      const known = new Set(before.get(nevra))
      const added = missing.filter((need) => !known.has(need))
      return added.length === 0 ? [] : [[nevra, added] as const]
    })
  )
