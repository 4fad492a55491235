/**
 * One element of a module's `dependencies`: what it is built with and what it needs when installed.
 *
 * Elements are alternatives. In each, a module name maps to streams: any of them will do, an empty list means any stream
 * there is, and `-x` means any but x. As in libmodulemd, the streams of one module are a set in sorted order.
 */
import * as PythonJson from "./PythonJson.ts"

/** Streams by module name. */
export type Streams = Readonly<Record<string, ReadonlyArray<string>>>

/** Streams to build with and streams to run with. */
export interface Dependencies {
  readonly buildrequires: Streams
  readonly requires: Streams
}

/** The key under which a place in a document is remembered: `0.buildrequires.perl`. */
export const placeOf = (element: number, section: keyof Dependencies, name: string): string =>
  `${element}.${section}.${name}`

/** An element of dependencies; a section that is left out is empty, and streams become sets. */
export const make = (dependencies: Partial<Dependencies> = {}): Dependencies => ({
  buildrequires: normalize(dependencies.buildrequires ?? {}),
  requires: normalize(dependencies.requires ?? {})
})

/** Streams as sets: sorted by code point, each once. */
export const normalize = (streams: Streams): Streams =>
  Object.fromEntries(Object.entries(streams).map(([name, list]) => [name, sorted(list)]))

/** The distinct texts in code point order, as a new list. */
export const sorted = (texts: Iterable<string>): ReadonlyArray<string> =>
  Array.from(new Set(texts)).sort(PythonJson.compareText)

/** Whether two lists name the same streams, in any order and any number. */
export const sameStreams = (self: ReadonlyArray<string>, that: ReadonlyArray<string>): boolean => {
  const one = new Set(self)
  return one.size === new Set(that).size && that.every((stream) => one.has(stream))
}

/** Whether a list names streams to leave out (or none at all), so that all others are meant. */
export const isOpen = (streams: ReadonlyArray<string>): boolean => streams.every((stream) => stream.startsWith("-"))
