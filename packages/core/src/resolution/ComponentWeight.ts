/**
 * How much work building a component is, in the units of Koji's task weights: the heaviest of a batch are started first.
 *
 * The formulas are the Module Build Service's: the sum of the weights of all tasks of the last modular build, else an
 * estimate from the average time a build takes, for every architecture, and the source package on top.
 */

/** When nothing is known. */
export const unknown = 1.5

/** The weight of a component whose last build consisted of tasks with these weights; 0 for none. */
export const ofTasks = (weights: ReadonlyArray<number>): number => weights.reduce((sum, weight) => sum + weight, 0)

/**
 * The weight estimated from the average time of a build.
 *
 * @param seconds on average, or nothing when it was never built; a negative time says nothing.
 * @param arches how many architectures it is built for.
 */
export const estimate = (seconds: number | null | undefined, arches: number): number =>
  seconds === null || seconds === undefined || !(seconds > 0)
    ? unknown
    : (1.5 + Math.min(4.5, seconds / 4800)) * arches + 1.5

/** The components as a new list, heaviest first; equal ones stay in order. */
export const byWeight = <A>(components: ReadonlyArray<A>, weightOf: (component: A) => number): ReadonlyArray<A> =>
  components.toSorted((one, two) => weightOf(two) - weightOf(one))
