/** Advisories as units of content: made of a file of JSON, shown as the API shows them, and served as `updateinfo`. */
import { createHash } from "node:crypto"
import { invalid, TaskFailure } from "./FakeAnswer.ts"
import { type Context, postponed, type Route } from "./FakeContext.ts"
import type { Content } from "./FakeState.ts"
import { sourceOf } from "./packageUnits.ts"
import { escape } from "./xmlText.ts"

type Fields = Readonly<Record<string, unknown>>

const listOf = (value: unknown): ReadonlyArray<Fields> => (value ?? []) as ReadonlyArray<Fields>

const shownPackage = (one: Fields): Fields => ({
  arch: one["arch"],
  epoch: one["epoch"],
  filename: one["filename"],
  name: one["name"],
  reboot_suggested: false,
  relogin_suggested: false,
  restart_suggested: false,
  release: one["release"],
  src: one["src"] ?? "",
  sum: one["sum"],
  sum_type: one["sum_type"],
  version: one["version"]
})

const shownCollection = (one: Fields): Fields => ({
  name: one["name"],
  shortname: one["short"],
  module: one["module"] ?? null,
  packages: listOf(one["packages"]).map(shownPackage)
})

const shownReference = (one: Fields): Fields => ({
  href: one["href"],
  id: one["id"],
  title: one["title"],
  type: one["type"]
})

/** Versions of modules are numbers that a double cannot hold: they are kept as text. */
const read = (bytes: Buffer): Fields | undefined => {
  try {
    return JSON.parse(bytes.toString().replace(/"version":(\d{15,})/g, "\"version\":\"$1\"")) as Fields
  } catch {
    return undefined
  }
}

const kept =
  "id updated_date description issued_date fromstr status title summary version type severity solution release rights pushcount"
    .split(" ")

/** Makes the unit in a task, which fails for an advisory that is there. */
export const addAdvisory = (context: Context): ReturnType<Route["handle"]> => {
  const { state } = context
  const { bytes } = sourceOf(context)
  return postponed(context, {
    name: "pulpcore.app.tasks.base.general_create",
    run: () => {
      const document = read(bytes)
      if (document === undefined) throw new TaskFailure("Expecting value: line 1 column 1 (char 0)")
      const missing = ["id", "updated_date", "issued_date", "pkglist"].filter((name) => document[name] === undefined)
      if (missing.length > 0) throw new TaskFailure(JSON.stringify(invalid({ [missing[0]!]: ["required"] }).message))
      const digest = createHash("sha256").update(bytes).digest("hex")
      const identity = `advisory ${digest}`
      if ([...state.content.values()].some((one) => one.identity === identity)) {
        throw new TaskFailure(`Advisory with digest '${digest}' already exists.`)
      }
      const made = state.entity("content/rpm/advisories/", "rpm.updaterecord", {
        pulp_labels: {},
        vuln_report: null,
        ...Object.fromEntries(kept.map((name) => [name, document[name] ?? ""])),
        pkglist: listOf(document["pkglist"]).map(shownCollection),
        references: listOf(document["references"]).map(shownReference),
        reboot_suggested: false
      })
      const unit: Content = {
        ...made,
        kind: "advisory",
        key: String(document["id"]),
        identity,
        snippet: "",
        linked: [],
        artifact: undefined,
        labels: {}
      }
      state.content.set(made.href, unit)
      return { created: [made], result: made.shown }
    }
  })
}

const attributes = (fields: Fields, ...names: ReadonlyArray<string>): string =>
  names.map((name) => ` ${name}="${escape(fields[name])}"`).join("")

const collection = (one: Fields): string => {
  const packages = listOf(one["packages"]).map((rpm) =>
    `<package${attributes(rpm, "name", "version", "release", "epoch", "arch", "src")}>` +
    `<filename>${escape(rpm["filename"])}</filename><sum type="${escape(rpm["sum_type"])}">${
      escape(rpm["sum"])
    }</sum></package>`
  )
  const module = one["module"] === null
    ? ""
    : `<module${attributes(one["module"] as Fields, "name", "stream", "version", "context", "arch")}/>`
  return `<collection short="${escape(one["shortname"])}"><name>${escape(one["name"])}</name>${module}${
    packages.join("\n")
  }</collection>`
}

/** `updateinfo.xml` of these advisories. */
export const updateInfo = (advisories: ReadonlyArray<Content>): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n${
    advisories.map(({ shown }) =>
      `<update from="${escape(shown["fromstr"])}" status="${escape(shown["status"])}" type="${
        escape(shown["type"])
      }" version="${escape(shown["version"])}"><id>${escape(shown["id"])}</id><title>${
        escape(shown["title"])
      }</title>` +
      `<issued date="${escape(shown["issued_date"])}"/><updated date="${escape(shown["updated_date"])}"/>` +
      `<severity>${escape(shown["severity"])}</severity><description>${escape(shown["description"])}</description>` +
      `<references>${
        listOf(shown["references"]).map((one) => `<reference${attributes(one, "href", "id", "type", "title")}/>`).join(
          ""
        )
      }</references><pkglist>${listOf(shown["pkglist"]).map(collection).join("\n")}</pkglist></update>`
    ).join("\n")
  }\n</updates>\n`
