/** Sets of modules such as distributions have, made up from a number: the same number gives the same set. */
import type * as AvailableModule from "@orch/core/resolution/AvailableModule"
import type * as ComponentReuse from "@orch/core/resolution/ComponentReuse"
import type * as MbsBatches from "@orch/core/resolution/MbsBatches"
import type * as Dependencies from "@orch/core/resolution/ModuleDependencies"
import type * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"

interface Chance {
  /** A number from 0 to `below` - 1. */
  readonly number: (below: number) => number
  readonly percent: (percent: number) => boolean
  readonly one: <A>(choices: ReadonlyArray<A>) => A
  /** Some of the choices, in another order: from `least` to `most`. */
  readonly some: <A>(choices: ReadonlyArray<A>, least: number, most: number) => ReadonlyArray<A>
}

/** Mulberry32: small, and the same everywhere. */
const chance = (seed: number): Chance => {
  let state = (seed * 0x9e3779b1) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const number = (below: number): number => Math.floor(next() * below)
  const one = <A>(choices: ReadonlyArray<A>): A => choices[number(choices.length)]!
  const some = <A>(choices: ReadonlyArray<A>, least: number, most: number): ReadonlyArray<A> => {
    const left = [...choices]
    const count = Math.min(left.length, least + number(most - least + 1))
    return Array.from({ length: count }, () => left.splice(number(left.length), 1)[0]!)
  }
  return { number, percent: (percent) => next() * 100 < percent, one, some }
}

/** A build in the JSON form that `AvailableModule.parse` reads. */
interface Build {
  readonly name: string
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly state?: AvailableModule.State
  readonly virtual_streams?: ReadonlyArray<string>
  readonly dependencies?: ReadonlyArray<Partial<Dependencies.Dependencies>>
  readonly buildrequires?: Readonly<
    Record<string, { readonly stream: string; readonly version: string; readonly context: string }>
  >
}

const none = "00000000"

/** Platforms of one distribution; those with versions in their streams share virtual streams. */
const platforms = (by: Chance): ReadonlyArray<Build> => {
  const streams = by.percent(50)
    ? by.some(["f28", "f29", "f30", "eln"], 1, 3)
    : by.some(["el8.0.0", "el8.1.0", by.one(["el8.2.0", "el8.2.0.z"]), "el9.0.0", "el7.6.0"], 1, 4)
  return streams.map((stream) => ({
    name: "platform",
    stream,
    version: "1",
    context: none,
    state: by.percent(95) ? "ready" : by.one(["garbage", "build"]),
    ...(stream.includes(".") ? { virtual_streams: [stream.split(".")[0]!] } : {})
  }))
}

const streamNumbers = ["1", "2", "3"]

/** The streams of a module that have a build: most of the time what is asked for exists. */
const streamsOf = (builds: ReadonlyArray<Build>, name: string): ReadonlyArray<string> => [
  ...new Set(builds.filter((build) => build.name === name).map(({ stream }) => stream))
]

const moduleBuilds = (by: Chance, bases: ReadonlyArray<Build>, names: ReadonlyArray<string>): ReadonlyArray<Build> => {
  const builds: Array<Build> = []
  for (const [index, name] of names.entries()) {
    for (const stream of streamNumbers.slice(0, 1 + by.number(3))) {
      for (const version of ["10", "11"].slice(0, 1 + by.number(2))) {
        for (const base of by.some(bases, by.percent(70) ? bases.length : 1, bases.length)) {
          const [virtual] = base.virtual_streams ?? []
          const platform = by.percent(75) ? [virtual ?? base.stream] : by.percent(60) ? [base.stream] : []
          const others = names.slice(0, index).filter(() => by.percent(25))
          builds.push({
            name,
            stream,
            version,
            context: `c${builds.length}`,
            // Of a retired sibling releases of MBS think differently.
            state: by.percent(97) ? "ready" : by.one(["failed"]),
            dependencies: [{
              requires: {
                platform,
                ...Object.fromEntries(others.map((other) => [other, by.some(streamsOf(builds, other), 1, 2)]))
              }
            }],
            buildrequires: { platform: { stream: base.stream, version: base.version, context: none } }
          })
        }
      }
    }
  }
  return builds
}

export interface Expansion {
  readonly op: "expand"
  readonly modules: ReadonlyArray<Build>
  readonly settings: Partial<ResolutionSettings.ResolutionSettings>
  readonly source: {
    readonly name: string
    readonly stream: string
    readonly version: string
    readonly dependencies: ReadonlyArray<Dependencies.Dependencies>
  }
}

/** A module with one dependencies element, and what it may be built with. */
export const expansion = (seed: number): Expansion => {
  const by = chance(seed)
  const bases = platforms(by)
  const names = ["a", "b", "c", "d"].slice(0, 2 + by.number(3))
  const builds = moduleBuilds(by, bases, names)
  const streams = (name: string): ReadonlyArray<string> =>
    by.percent(15)
      ? []
      : by.percent(15)
      ? by.some(["-1", "-2"], 1, 2)
      : by.some(by.percent(95) ? streamsOf(builds, name) : streamNumbers, 1, 2)
  const virtual = bases.flatMap(({ virtual_streams }) => virtual_streams ?? [])
  const platform = by.percent(20)
    ? by.one([[], [`-${bases[0]!.stream}`]])
    : virtual.length > 0 && by.percent(20)
    ? [by.one(virtual)]
    : by.some(bases, 1, 2).map(({ stream }) => stream)
  const buildrequires = Object.fromEntries(names.filter(() => by.percent(45)).map((name) => [name, streams(name)]))
  const requires = Object.fromEntries(
    names.filter(() => by.percent(50)).map((name) => [name, by.percent(50) ? buildrequires[name] ?? [] : streams(name)])
  )
  return {
    op: "expand",
    modules: [...bases, ...builds],
    settings: {
      allowOnlyCompatibleBaseModules: virtual.length > 0 && by.percent(70),
      streamSuffixes: by.percent(50) ? { "^el\\d+\\.\\d+\\.\\d+\\.z$": 0.1 } : {},
      baseModuleStreamExclusions: by.percent(10) ? ["eln"] : []
    },
    source: {
      name: "app",
      stream: "1",
      version: "20200101000000",
      dependencies: [{ buildrequires: { platform, ...buildrequires }, requires }]
    }
  }
}

export interface Built extends Omit<Build, "state" | "dependencies"> {
  readonly id: number
  readonly state: AvailableModule.State
  readonly scmurl: string | null
  /** Minutes. */
  readonly completed: number
  readonly rebuild_strategy: ComponentReuse.RebuildStrategy
  readonly dependencies: ReadonlyArray<Dependencies.Dependencies>
  readonly buildrequires: NonNullable<Build["buildrequires"]>
  readonly macros?: string
  readonly components: ReadonlyArray<ComponentReuse.ComponentInputs>
}

export interface Reuse {
  readonly op: "reuse"
  readonly modules: ReadonlyArray<Build>
  readonly settings: Partial<ResolutionSettings.ResolutionSettings>
  readonly candidates: ReadonlyArray<Built>
  readonly subject: Built
}

/** Earlier builds of a module and the next one; little has changed. */
export const reuse = (seed: number): Reuse => {
  const by = chance(seed)
  const modules = by.some(["el8.0.0", "el8.1.0", "el8.2.0", "el9.0.0"], 1, 3).map((stream): Build => ({
    name: "platform",
    stream,
    version: "1",
    context: none,
    virtual_streams: [stream.split(".")[0]!]
  }))
  const batches = Array.from({ length: 1 + by.number(5) }, () => 2 + by.number(3))
  const built = (id: number, strategies: ReadonlyArray<ComponentReuse.RebuildStrategy>): Built => {
    const on = by.one(modules).stream
    return {
      id,
      name: "app",
      stream: by.percent(95) ? "1" : "2",
      version: String(id),
      context: `x${id}`,
      state: by.percent(90) ? "ready" : "failed",
      scmurl: by.percent(95) ? "https://peer.example/?#1" : null,
      completed: (id * 37) % 101,
      rebuild_strategy: by.one(strategies),
      dependencies: [{ buildrequires: { platform: [on] }, requires: {} }],
      buildrequires: { platform: { stream: on, version: "1", context: none } },
      ...(by.percent(20) ? { macros: by.one(["%a 1", "%b 2"]) } : {}),
      components: batches.map((batch, index) => ({
        name: `p${index}`,
        batch: by.percent(95) ? batch : 2 + by.number(3),
        ref: by.percent(93) ? "ref" : by.one(["other", null]),
        arches: by.percent(95) ? ["x86_64"] : []
      }))
    }
  }
  return {
    op: "reuse",
    modules,
    settings: { allowOnlyCompatibleBaseModules: by.percent(80) },
    candidates: Array.from(
      { length: by.number(5) },
      (_, index) => built(100 + index, ["all", "changed-and-after", "changed-and-after", "only-changed"])
    ),
    subject: { ...built(200, ["changed-and-after", "changed-and-after", "only-changed", "all"]), state: "build" }
  }
}

export interface Batches {
  readonly op: "batches"
  readonly module: MbsBatches.Components
}

/** A module that includes others, none of which is empty. */
export const batches = (seed: number): Batches => {
  const by = chance(seed)
  let names = 0
  const module = (depth: number): MbsBatches.Components => ({
    name: `m${names++}`,
    rpms: Array.from(
      { length: 1 + by.number(3) },
      () => ({ name: `p${names++}`, buildorder: by.one([0, 0, 1, 2, -3, 10]) })
    ),
    modules: Array.from({ length: depth < 3 ? by.number(3) : 0 }, () => ({
      name: `i${names++}`,
      buildorder: by.one([0, 0, 1, 2, 10]),
      module: module(depth + 1)
    }))
  })
  return { op: "batches", module: module(0) }
}
