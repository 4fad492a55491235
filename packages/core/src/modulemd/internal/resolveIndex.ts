/**
 * What counts when several documents speak of the same thing. Everything here looks at the set of candidates, never at the
 * order in which they came, so merging is associative and order-free.
 */
import { compareText } from "../../internal/codePointOrder.ts"
import type { Conflict, Entry } from "../IndexConflict.ts"
import type { Intent, ModuleDefaults } from "../ModuleDefaults.ts"
import type { ModulemdDocument } from "../ModulemdDocument.ts"
import { writeDocument } from "./writeDocument.ts"

export interface Resolution<A> {
  readonly value: A
  readonly conflicts: ReadonlyArray<Conflict>
}

/** Adds a candidate, unless an equal one is there. Text is compared, so equal means equal in every byte when written. */
export const addEntry = <A extends ModulemdDocument>(entries: Array<Entry<A>>, entry: Entry<A>): void => {
  if (entries.length > 0) {
    const text = writeDocument(entry.document)
    for (let i = 0; i < entries.length; i++) {
      const other = entries[i]!
      if (other.document !== entry.document && writeDocument(other.document) !== text) continue
      if (other.priority === entry.priority) return
    }
  }
  entries.push(entry)
}

const byText = <A extends ModulemdDocument>(a: Entry<A>, b: Entry<A>): number =>
  compareText(writeDocument(a.document), writeDocument(b.document))

const isSame = (a: ModulemdDocument, b: ModulemdDocument): boolean => a === b || writeDocument(a) === writeDocument(b)

/** Lowest (`-1`) or highest (`1`) priority first; equal priorities in the order of their text. */
const ranked = <A extends ModulemdDocument>(entries: ReadonlyArray<Entry<A>>, sign: 1 | -1): ReadonlyArray<Entry<A>> =>
  entries.length === 1 ? entries : [...entries].sort((a, b) => sign * (b.priority - a.priority) || byText(a, b))

/** A build never changes, so what was there first (the lowest priority) stays, as in libmodulemd. */
export const stream = <A extends ModulemdDocument>(
  module: string,
  key: string,
  entries: ReadonlyArray<Entry<A>>
): Resolution<A> => pick("stream", module, key, ranked(entries, -1), "the one of the lowest priority is kept")

/** Highest priority; among equals any one, chosen by its text. */
export const obsoletes = <A extends ModulemdDocument>(
  module: string,
  key: string,
  entries: ReadonlyArray<Entry<A>>
): Resolution<A> => pick("obsoletes", module, key, ranked(entries, 1), "the one of the highest priority is kept")

/** The newest; among those of one time the one of the lowest priority. */
export const translations = <A extends ModulemdDocument & { readonly modified: bigint }>(
  module: string,
  key: string,
  entries: ReadonlyArray<Entry<A>>
): Resolution<A> => {
  const newest = entries.reduce((latest, { document }) => document.modified > latest ? document.modified : latest, 0n)
  const candidates = entries.filter(({ document }) => document.modified === newest)
  return pick("translations", module, key, ranked(candidates, -1), "the one of the lowest priority is kept")
}

const pick = <A extends ModulemdDocument>(
  kind: Conflict["kind"],
  module: string,
  key: string,
  entries: ReadonlyArray<Entry<A>>,
  rule: string
): Resolution<A> => {
  const [kept, ...others] = entries as [Entry<A>, ...Array<Entry<A>>]
  const dropped = others.filter((other) => !isSame(other.document, kept.document))
  if (dropped.length === 0) return { value: kept.document, conflicts: [] }
  const priorities = [kept, ...dropped].map(({ priority }) => priority)
  const message = `${dropped.length + 1} different ${
    kind === "stream" ? "builds" : "documents"
  } of ${key} at priorities ${priorities.join(", ")}: ${
    new Set(priorities).size > 1 ? rule : "the first in the order of their text is kept"
  }`
  return { value: kept.document, conflicts: [{ kind, severity: "warning", module, key, message }] }
}

interface Dated<A> {
  readonly value: A
  readonly modified: bigint
}

/** The value of the newest; `undefined` in `value` when the newest contradict each other. */
const newestOf = <A>(
  candidates: ReadonlyArray<Dated<A>>,
  text: (value: A) => string
): { readonly value: A | undefined; readonly rivals: ReadonlyArray<A> } => {
  let latest = candidates[0]!.modified
  for (const { modified } of candidates) if (modified > latest) latest = modified
  const values = new Map<string, A>()
  for (const { modified, value } of candidates) if (modified === latest) values.set(text(value), value)
  const rivals = [...values.keys()].sort(compareText).map((key) => values.get(key)!)
  return rivals.length === 1 ? { value: rivals[0], rivals: [] } : { value: undefined, rivals }
}

/**
 * Defaults of the highest priority replace all others. Within it the newest document that speaks of a stream or of the
 * profiles of a stream counts; contradictions of equal age leave no default stream, and are errors for profiles.
 */
export const defaults = (module: string, entries: ReadonlyArray<Entry<ModuleDefaults>>): Resolution<ModuleDefaults> => {
  const top = Math.max(...entries.map(({ priority }) => priority))
  const documents = entries.filter(({ priority }) => priority === top).map(({ document }) => document)
  if (documents.length === 1) return { value: documents[0]!, conflicts: [] }
  const conflicts: Array<Conflict> = []
  const stream = mergeStream(
    module,
    "default stream",
    documents,
    (message) => conflicts.push({ kind: "default-stream", severity: "warning", module, key: module, message })
  )
  const report = (key: string, message: string) =>
    conflicts.push({ kind: "default-profiles", severity: "error", module, key, message })
  const profiles = mergeProfiles(module, documents, report)
  const intents = mergeIntents(module, documents, report)
  const modified = documents.reduce((latest, document) => document.modified > latest ? document.modified : latest, 0n)
  return { value: { _tag: "ModuleDefaults", module, modified, stream, profiles, intents }, conflicts }
}

interface Defaulting {
  readonly modified: bigint
  readonly stream: string | undefined
  readonly profiles: ReadonlyMap<string, ReadonlyArray<string>>
}

const mergeStream = (
  module: string,
  what: string,
  documents: ReadonlyArray<Defaulting>,
  report: (message: string) => void
): string | undefined => {
  const candidates = documents.flatMap(({ modified, stream }) =>
    stream === undefined ? [] : [{ modified, value: stream }]
  )
  if (candidates.length === 0) return undefined
  const { rivals, value } = newestOf(candidates, (stream) => stream)
  if (rivals.length > 0) {
    report(`${module}: documents of the same time name different ${what}s (${rivals.join(", ")}); none is set`)
  }
  return value
}

const mergeProfiles = (
  place: string,
  documents: ReadonlyArray<Defaulting>,
  report: (key: string, message: string) => void
): ReadonlyMap<string, ReadonlyArray<string>> => {
  const merged = new Map<string, ReadonlyArray<string>>()
  const streams = new Set(documents.flatMap(({ profiles }) => [...profiles.keys()]))
  for (const stream of [...streams].sort(compareText)) {
    const candidates = documents.flatMap(({ modified, profiles }) => {
      const value = profiles.get(stream)
      return value === undefined ? [] : [{ modified, value }]
    })
    const { rivals, value } = newestOf(candidates, (names) => JSON.stringify([...names].sort(compareText)))
    if (value !== undefined) merged.set(stream, value)
    else {
      report(
        `${place}:${stream}`,
        `${place}:${stream}: documents of the same time name different default profiles (${
          rivals.map((names) => `[${names.join(", ")}]`).join(" and ")
        }); none is set`
      )
    }
  }
  return merged
}

const mergeIntents = (
  module: string,
  documents: ReadonlyArray<ModuleDefaults>,
  report: (key: string, message: string) => void
): ReadonlyMap<string, Intent> => {
  const merged = new Map<string, Intent>()
  const names = new Set(documents.flatMap(({ intents }) => [...intents.keys()]))
  for (const name of [...names].sort(compareText)) {
    const dated = documents.flatMap(({ intents, modified }) => {
      const intent = intents.get(name)
      return intent === undefined ? [] : [{ ...intent, modified }]
    })
    const key = `${module}, intent ${name}`
    const stream = mergeStream(key, "stream", dated, (message) => report(key, message))
    merged.set(name, { stream, profiles: mergeProfiles(key, dated, report) })
  }
  return merged
}
