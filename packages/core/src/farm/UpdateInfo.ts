/** Advisories as the `updateinfo` metadata of a repository, which dnf reads. */
import * as Nevra from "../Nevra.ts"
import type { Advisory } from "./Advisory.ts"

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;" }

/** XML 1.0 has no place for other control characters. */
const escape = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd").replace(
    /[&<>"]/g,
    (found) => escapes[found]!
  )

const attributes = (given: Readonly<Record<string, string>>): string =>
  Object.entries(given).map(([name, value]) => ` ${name}="${escape(value)}"`).join("")

/** `2026-11-29 01:02:03`, in UTC. */
const time = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ")

const moduleElement = (id: string): string => {
  const [name = "", stream = "", version = "", context = "", arch = ""] = id.split(":")
  return `      <module${attributes({ name, stream, version, context, arch })}/>`
}

const packageElement = (
  { nevra, sha256, source }: Advisory["collections"][number]["packages"][number]
): ReadonlyArray<string> => {
  const parsed = Nevra.parseUnsafe(nevra)
  const { arch, epoch, name, release, version } = parsed
  return [
    `      <package${attributes({ name, version, release, epoch: String(epoch), arch, src: source })}>`,
    `        <filename>${escape(Nevra.formatFileName(parsed))}</filename>`,
    `        <sum type="sha256">${escape(sha256)}</sum>`,
    "      </package>"
  ]
}

const update = ({ collections, erratum, issued }: Advisory): ReadonlyArray<string> => [
  `  <update from="orch" status="final" type="${erratum.type}" version="1">`,
  `    <id>${escape(erratum.id)}</id>`,
  `    <title>${escape(erratum.title)}</title>`,
  `    <issued date="${time(issued)}"/>`,
  `    <updated date="${time(issued)}"/>`,
  `    <severity>${erratum.severity}</severity>`,
  `    <description>${escape(erratum.description)}</description>`,
  "    <references>",
  ...erratum.references.map(({ href, id, title, type }) =>
    `      <reference${attributes({ href, id, title, type })}/>`
  ),
  "    </references>",
  "    <pkglist>",
  ...collections.flatMap(({ module, name, packages }) => [
    `    <collection short="${escape(name)}">`,
    `      <name>${escape(name)}</name>`,
    ...(module === undefined ? [] : [moduleElement(module)]),
    ...packages.flatMap(packageElement),
    "    </collection>"
  ]),
  "    </pkglist>",
  "  </update>"
]

/** The whole document, in the order of the advisories. Throws `InvalidNevra` where a package of one is none. */
export const write = (advisories: ReadonlyArray<Advisory>): string =>
  ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<updates>", ...advisories.flatMap(update), "</updates>", ""].join(
    "\n"
  )
