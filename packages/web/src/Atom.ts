/** The feed of builds for feed readers, as RFC 4287 has it. */
import type { FeedEntry } from "@orch/api/orch/FeedApi"
import * as States from "./States.ts"

/** What it is made of. */
export interface Content {
  readonly q: string
  readonly items: ReadonlyArray<FeedEntry>
  /** Where this server is reached, with the prefix. */
  readonly origin: string
  /** Milliseconds since the epoch: the time of a feed without entries. */
  readonly now: number
}

/** Text for XML 1.0: its five characters as names, and those that it cannot have as U+FFFD. */
const text = (value: string): string =>
  value.toWellFormed()
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;")

const entry = (one: FeedEntry, origin: string): string => {
  const error = one.first_error
  const said = error?.text === undefined || error.text === null ? one.sentence : `${one.sentence}\n${error.text}`
  return [
    "<entry>",
    // A new state is a new entry: who reads it is told once of each.
    `<id>${text(`${origin}/builds/${one.id}#${one.state}`)}</id>`,
    `<title>${text(`${one.name}:${one.stream} ${States.ofBuild(one).word.toLowerCase()}`)}</title>`,
    `<link href="${text(`${origin}/builds/${one.id}`)}"/>`,
    `<updated>${text(one.completed_at ?? one.modified_at)}</updated>`,
    `<published>${text(one.created_at)}</published>`,
    `<author><name>${text(one.owner)}</name></author>`,
    `<summary>${text(said)}</summary>`,
    "</entry>"
  ].join("")
}

/** The document. */
export const feed = ({ items, now, origin, q }: Content): string => {
  const self = `${origin}/builds.atom${q === "" ? "" : `?q=${encodeURIComponent(q)}`}`
  const page = `${origin}/builds?q=${encodeURIComponent(q)}`
  const updated = items.map((one) => one.completed_at ?? one.modified_at).toSorted().at(-1) ??
    new Date(now).toISOString()
  return [
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
    "<feed xmlns=\"http://www.w3.org/2005/Atom\">",
    `<id>${text(self)}</id>`,
    `<title>${text(q === "" ? "Builds" : `Builds: ${q}`)}</title>`,
    `<link rel="self" href="${text(self)}"/>`,
    `<link href="${text(page)}"/>`,
    `<updated>${text(updated)}</updated>`,
    ...items.map((one) => entry(one, origin)),
    "</feed>",
    ""
  ].join("\n")
}
