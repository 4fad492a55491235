/** The parts of a process in memory: by name, in the order of its plan. */

/**
 * The parts in the order of `initial`: as they are stored, and as they begin where they never were. What is stored and not among
 * these is left out.
 */
export const byName = <Part extends { readonly name: string }>(
  initial: ReadonlyArray<Part>,
  stored: ReadonlyArray<Part>
): ReadonlyMap<string, Part> => {
  const known = new Map(stored.map((part) => [part.name, part]))
  return new Map(initial.map((part) => [part.name, known.get(part.name) ?? part]))
}
