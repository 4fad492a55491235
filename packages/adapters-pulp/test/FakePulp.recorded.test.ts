/**
 * The fake held to the recordings: the same requests in the same order, with its own ids in place of the recorded ones, must give the
 * same status, the same fields of the same types, the same ends of tasks, and as many things created.
 */
import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import * as FakePulp from "../src/testing/FakePulp.ts"
import * as recorded from "./recordedExchanges.ts"

/** What the recordings show that the fake does not do, by the numbers of their files. */
const elsewhere: ReadonlyArray<readonly [first: number, last: number, why: string]> = [
  [43, 47, "uploads made besides the recording"],

  [84, 87, "content of the real metadata"],
  [110, 110, "content of the real metadata"],
  [121, 123, "package retention"],
  [129, 133, "syncs of a directory"],
  [134, 137, "copies of what was synced"],
  [143, 151, "signing"],
  [152, 167, "tasks caught while they run"],
  [170, 171, "versions that retention took"],
  [174, 174, "content of the real metadata"],
  [175, 176, "orphans among what was synced"],
  [179, 180, "content of the real metadata"],
  [182, 185, "comps, and syncs of a directory"],
  [187, 187, "a correlation id of the recording"],
  [192, 195, "sessions, which FakePulp.test.ts shows"],
  [196, 198, "tasks caught while they run"]
]

const idForm = /00000000-0000-7000-8000-[0-9a-f]{12}/g

const shapeOf = (value: unknown): string => value === null ? "null" : Array.isArray(value) ? "array" : typeof value

/** Fields whose values decide what they hold, and Pulp's own prose. */
const open = new Set([
  "result",
  "error",
  "content_summary",
  "progress_reports",
  "profiles",
  "pulp_labels",
  "files",
  "requires"
])

const differences = (theirs: unknown, ours: unknown, path = ""): ReadonlyArray<string> => {
  if (theirs === null || ours === null) return []
  if (shapeOf(theirs) !== shapeOf(ours)) return [`${path} is ${shapeOf(ours)}, not ${shapeOf(theirs)}`]
  if (Array.isArray(theirs)) {
    const own = ours as ReadonlyArray<unknown>
    return theirs.length === 0 || own.length === 0 ? [] : differences(theirs[0], own[0], `${path}[]`)
  }
  if (typeof theirs !== "object") return []
  const own = ours as Readonly<Record<string, unknown>>
  return Object.entries(theirs as object).flatMap(([name, value]) => {
    if (!(name in own)) return [`${path}.${name} is missing`]
    return open.has(name) ? [] : differences(value, own[name], `${path}.${name}`)
  })
}

describe.runIf(recorded.present)("FakePulp against recordings (skipped where ../shared/data is absent)", () => {
  it("answers as the real one did, request for request", async () => {
    const pulp = await FakePulp.start({
      stepMillis: 0,
      readPackage: (bytes, name) => {
        const text = bytes.toString("utf8", 0, 100)
        if (text.startsWith("junk")) return undefined
        const told = text.startsWith("chunk ")
          ? "chunky-1.0-1.noarch.rpm"
          : text.replace("whatever.bin", "alpha-2.0-1.noarch.rpm")
        const form = /^([a-z]+)-([^-]+)-([^-]+)\.(noarch|x86_64)\.rpm/.exec(told) ?? []
        const [, own = name, version = "1", release = "1", arch = "noarch"] = form
        return { name: own, epoch: "0", version, release, arch, summary: "Test.", sourceRpm: "x" }
      }
    })
    const authorization = `Basic ${Buffer.from(`${pulp.username}:${pulp.password}`).toString("base64")}`
    const ids = new Map<string, string>()
    const sums = new Map<string, string>()
    /** Bytes of our own for a recorded file: as long, and different where they were different. */
    const bytesOf = (file: { readonly filename: string; readonly size: number; readonly sha256: string }): Buffer => {
      const bytes = Buffer.alloc(file.size, " ")
      bytes.write(`${file.filename} ${file.sha256}`)
      sums.set(file.sha256, createHash("sha256").update(bytes).digest("hex"))
      return bytes
    }
    const known = (text: string): string => {
      let now = text.replaceAll(idForm, (id) => ids.get(id) ?? id)
      for (const [theirs, ours] of sums) now = now.replaceAll(theirs, ours)
      return now
    }
    const learn = (theirs: unknown, ours: unknown): void => {
      if (typeof theirs === "string" && typeof ours === "string") {
        const [found, own] = [theirs.match(idForm), ours.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g)]
        found?.forEach((id, index) => {
          if (own?.[index] !== undefined && !ids.has(id)) ids.set(id, own[index])
        })
      } else if (Array.isArray(theirs) && Array.isArray(ours)) {
        theirs.forEach((one, index) => learn(one, ours[index]))
      } else if (typeof theirs === "object" && theirs !== null && typeof ours === "object" && ours !== null) {
        for (const [name, value] of Object.entries(theirs)) learn(value, (ours as Record<string, unknown>)[name])
      }
    }
    const call = async (method: string, path: string, headers: Record<string, string>, body?: BodyInit) => {
      const response = await fetch(pulp.url + path, { method, headers, ...(body === undefined ? {} : { body }) })
      const text = await response.text()
      const isJson = response.headers.get("content-type") === "application/json"
      return { status: response.status, body: isJson ? JSON.parse(text) as unknown : text === "" ? null : text }
    }
    const settled = async (path: string, isEnded: (body: Record<string, unknown>) => boolean) => {
      for (;;) {
        const { body } = await call("GET", path, { authorization })
        if (isEnded(body as Record<string, unknown>)) return body as Record<string, unknown>
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    /** Things that were made besides the recording, known by where they are named first. */
    const seed = async (path: string): Promise<void> => {
      for (
        const [, kind = "", id = ""] of path.matchAll(
          /\/(packages|rpm\/rpm)\/(00000000-0000-7000-8000-[0-9a-f]{12})\//g
        )
      ) {
        if (ids.has(id) || id.endsWith("ffff")) continue
        const data = new FormData()
        const rest = id.endsWith("000000000021")
          ? "alpha-3.0-1.noarch.rpm"
          : "modpkg-1.0-1.module_el9+1+abcd1234.noarch.rpm"
        data.set("file", new Blob([`${rest} ${id}`]), rest)
        const made = kind === "packages"
          ? await call("POST", "/pulp/api/v3/content/rpm/packages/upload/", { authorization }, data)
          : await call(
            "POST",
            "/pulp/api/v3/repositories/rpm/rpm/",
            { authorization, "content-type": "application/json" },
            JSON.stringify({ name: id })
          )
        learn(
          path.match(idForm)?.includes(id) === true ? id : "",
          (made.body as { readonly pulp_href: string }).pulp_href
        )
      }
    }
    /** The one change besides the recording that later answers count on. */
    const unrecorded: Readonly<Record<string, () => Promise<unknown>>> = {
      "modify-replace-refused": async () => {
        const [repository, unit] = ["000000000001", "000000000021"].map((end) =>
          ids.get(`00000000-0000-7000-8000-${end}`)
        )
        const { body } = await call(
          "POST",
          `/pulp/api/v3/repositories/rpm/rpm/${repository}/modify/`,
          { authorization, "content-type": "application/json" },
          JSON.stringify({ add_content_units: [`/pulp/api/v3/content/rpm/packages/${unit}/`] })
        )
        await settled((body as { readonly task: string }).task, ({ state }) => state === "completed")
      }
    }
    const uploads = new Map<string, Map<string, Buffer>>()
    const failures: Array<string> = []
    let compared = 0
    for (const { file, label, request, response, task_group_when_final, task_when_final } of recorded.all) {
      const number = Number(file.slice(0, 3))
      if (elsewhere.some(([first, last]) => number >= first && number <= last)) continue
      await seed(request.path + JSON.stringify(request.body))
      await unrecorded[label]?.()
      const chunks = uploads.get(request.path.replace(/commit\/$/, "")) ?? new Map<string, Buffer>()
      if (label === "upload-commit") {
        const { sha256 } = request.body as { readonly sha256: string }
        const whole = Buffer.concat([...chunks].sort(([x], [y]) => Number(x) - Number(y)).map(([, bytes]) => bytes))
        sums.set(sha256, createHash("sha256").update(whole).digest("hex"))
      }
      const headers: Record<string, string> = {}
      for (const [name, value] of Object.entries(request.headers)) {
        if (name === "Authorization") headers[name] = label === "auth-wrong" ? "Basic d3Jvbmc6d3Jvbmc=" : authorization
        else if (name !== "Content-Type") headers[name] = value
      }
      let body: BodyInit | undefined
      const form = (request.body as { readonly multipart?: Record<string, unknown> } | null)?.multipart
      if (form !== undefined) {
        const data = new FormData()
        const described = form["file"] as Parameters<typeof bytesOf>[0] | undefined
        const bytes = described === undefined ? undefined : bytesOf(described)
        for (const [name, value] of Object.entries(form)) if (name !== "file") data.set(name, known(String(value)))
        if (bytes !== undefined) data.set("file", new Blob([new Uint8Array(bytes)]), described!.filename)
        body = data
        const start = /^bytes (\d+)-/.exec(request.headers["Content-Range"] ?? "")?.[1]
        if (start !== undefined && bytes !== undefined && response.status === 200) {
          uploads.set(request.path, chunks.set(start, bytes))
        }
      } else if (request.body !== null) {
        headers["content-type"] = "application/json"
        body = typeof request.body === "string" ? request.body : known(JSON.stringify(request.body))
      }
      const answer = await call(request.method, known(request.path), headers, body)
      const complain = (what: string) => failures.push(`${file}: ${what}`)
      compared++
      if (answer.status !== response.status) {
        complain(`${answer.status}, not ${response.status}: ${JSON.stringify(answer.body)?.slice(0, 200)}`)
        continue
      }
      learn(response.body, answer.body)
      if (response.status < 400 || typeof response.body !== "string") {
        for (const difference of differences(response.body, answer.body)) complain(difference)
      }
      if (task_when_final !== undefined) {
        const { task } = answer.body as { readonly task: string }
        const ended = await settled(task, ({ state }) => ["completed", "failed", "canceled"].includes(String(state)))
        learn(task_when_final, ended)
        for (const difference of differences(task_when_final, ended, "task")) complain(difference)
        if (ended["state"] !== task_when_final["state"]) {
          complain(
            `task ${String(ended["state"])}, not ${String(task_when_final["state"])}: ${JSON.stringify(ended["error"])}`
          )
        }
        const created = (one: typeof ended) =>
          (one["created_resources"] as ReadonlyArray<string>).map((path) =>
            path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
          )
        if (JSON.stringify(created(ended)) !== JSON.stringify(created(task_when_final))) {
          complain(`created ${created(ended).join(" ")}, not ${created(task_when_final).join(" ")}`)
        }
      }
      if (task_group_when_final !== undefined) {
        const { task_group } = answer.body as { readonly task_group: string }
        const ended = await settled(task_group, ({ running, waiting }) => running === 0 && waiting === 0)
        for (const difference of differences(task_group_when_final, ended, "group")) complain(difference)
      }
    }
    await pulp.close()
    assert.deepStrictEqual(failures, [])
    assert.isAbove(compared, 120)
  })
})
