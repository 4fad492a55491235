/** Which commits are there for which places, and why one is not built for all of them. */
import type { Repository } from "@orch/api/shaman/RepositoriesApi"

/** A place that was asked for: `centos/9/x86_64`; release and architecture may be left out. */
export interface Place {
  readonly text: string
  readonly distro: string
  readonly version: string | undefined
  readonly arch: string | undefined
}

/** One commit and what it has for each place, in the order of the places. */
export interface Row {
  readonly sha1: string
  /** When any of its repositories last changed. */
  readonly modified: string
  readonly cells: ReadonlyArray<Repository | undefined>
  /** For how many places it is ready. */
  readonly ready: number
  /** What keeps it from being ready everywhere, one sentence; that it is, where nothing does. */
  readonly why: string
}

/** Reads places as people write them: separated by commas, a dot or a slash before the release. At most 64. */
export const places = (text: string): ReadonlyArray<Place> =>
  text.split(",").map((one) => one.trim()).filter((one) => one !== "").slice(0, 64).map((one) => {
    const [first = "", second, third] = one.split("/").map((part) => part.trim())
    const dot = first.indexOf(".")
    return dot > 0
      ? { text: one, distro: first.slice(0, dot), version: first.slice(dot + 1), arch: second }
      : {
        text: one,
        distro: first,
        version: second === "" ? undefined : second,
        arch: third === "" ? undefined : third
      }
  })

const same = (a: string, b: string | null): boolean => b !== null && a.toLowerCase() === b.toLowerCase()

/** Whether a repository lies in a place; codename and number of a release are one. */
export const lies = ({ arch, distro, version }: Place, record: Repository): boolean =>
  same(distro, record.distro) &&
  (version === undefined || same(version, record.distro_version) || same(version, record.distro_codename)) &&
  (arch === undefined || record.archs.includes(arch))

const words: ReadonlyArray<readonly [word: string, of: (cell: Repository | undefined) => boolean]> = [
  ["failed", (cell) => cell?.status === "failed"],
  ["being built", (cell) => cell?.status === "building"],
  ["waiting", (cell) => cell?.status === "queued" || cell?.status === "requested"],
  ["not there", (cell) => cell === undefined]
]

const why = (asked: ReadonlyArray<Place>, cells: ReadonlyArray<Repository | undefined>): string => {
  const parts = words.flatMap(([word, of]) => {
    const found = asked.filter((_, index) => of(cells[index])).map(({ text }) => text)
    return found.length === 0 ? [] : [`${word} for ${found.join(", ")}`]
  })
  return parts.length === 0 ? "ready everywhere" : parts.join("; ")
}

/** A row for each commit, those first whose repositories changed last. Records are newest first. */
export const rows = (asked: ReadonlyArray<Place>, records: ReadonlyArray<Repository>): ReadonlyArray<Row> => {
  const bySha1 = new Map<string, Array<Repository>>()
  for (const record of records) {
    const known = bySha1.get(record.sha1)
    if (known === undefined) bySha1.set(record.sha1, [record])
    else known.push(record)
  }
  return [...bySha1].map(([sha1, of]) => {
    const cells = asked.map((place) =>
      of.find((record) => record.status === "ready" && lies(place, record)) ?? of.find((record) => lies(place, record))
    )
    return {
      sha1,
      modified: of[0]!.modified,
      cells,
      ready: cells.filter((cell) => cell?.status === "ready").length,
      why: why(asked, cells)
    }
  })
}

/** Without an answer: the place that most commits lack, and the newest commit that is ready for all the others. */
export const nearest = (
  asked: ReadonlyArray<Place>,
  found: ReadonlyArray<Row>
): { readonly lacking: Place; readonly without: Row | undefined } | undefined => {
  if (asked.length < 2 || found.length === 0) return undefined
  const lacks = asked.map((_, index) => found.filter(({ cells }) => cells[index]?.status !== "ready").length)
  const index = lacks.indexOf(Math.max(...lacks))
  return {
    lacking: asked[index]!,
    without: found.find(({ cells }) => cells.every((cell, at) => at === index || cell?.status === "ready"))
  }
}
