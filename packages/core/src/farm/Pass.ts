/**
 * Passes over one package: a module may build it first to bootstrap, and again for good.
 *
 * All come from one source, so the release of each but the last is marked. RPM orders a tilde before everything, also before
 * the end: the last pass is the newest.
 */

/** The dist tag of a pass, from 1; that of the last pass, which has no number, is the module's own. */
export const distTag = (distTag: string, pass: number | undefined): string =>
  pass === undefined ? distTag : `${distTag}~pass${pass}`

/**
 * Numbers the passes of packages that are built more than once.
 *
 * @param components in the order in which they are built, with the name of the package that each builds.
 * @returns the number of each earlier pass, from 1, by component; nothing for the last pass, and for packages built once.
 */
export const number = (
  components: ReadonlyArray<{ readonly name: string; readonly package: string }>
): ReadonlyMap<string, number> => {
  const passes = Map.groupBy(components, (component) => component.package)
  return new Map(
    [...passes.values()].flatMap((all) => all.slice(0, -1).map(({ name }, index) => [name, index + 1] as const))
  )
}
