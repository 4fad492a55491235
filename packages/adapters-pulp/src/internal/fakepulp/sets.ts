/** Sets as mathematics has them; Node.js 22 has methods for it, the language level of the libraries not yet. */

export const minus = <A>(self: ReadonlySet<A>, that: ReadonlySet<A>): Set<A> =>
  new Set([...self].filter((one) => !that.has(one)))

export const union = <A>(self: ReadonlySet<A>, that: ReadonlySet<A>): Set<A> => new Set([...self, ...that])

export const same = <A>(self: ReadonlySet<A>, that: ReadonlySet<A>): boolean =>
  self.size === that.size && minus(self, that).size === 0
