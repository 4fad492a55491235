/**
 * What a promotion of a large set costs everybody else: 500 candidates with 5,000 packages, to a target whose repository offers 50,000 (other numbers as
 * arguments). A tenth of the candidates needs what nobody offers. `/health/live` is asked all the time; the bound is its longest answer, 250 ms.
 *
 *   pnpm bench promotions -- 5000 50000
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as ServerProcess from "./ServerProcess.ts"

const brought = Number(process.argv[2] ?? 5000)
const offered = Number(process.argv[3] ?? 50_000)
const candidates = 500
const boundMillis = 250

const entry = (name: string) => `<rpm:entry name="${name}"/>`
const primary = [
  `<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${offered}">`,
  ...Array.from({ length: offered }, (_, n) =>
    [
      `<package type="rpm"><name>p${n}</name><arch>x86_64</arch><version epoch="0" ver="1" rel="1"/>`,
      `<checksum type="sha256" pkgid="YES">${String(n).padStart(64, "0")}</checksum><location href="p${n}.rpm"/>`,
      `<format><rpm:provides>${entry(`libp${n}.so.1()(64bit)`)}${entry(`p${n}(x86-64)`)}</rpm:provides><rpm:requires>`,
      ...[n >> 1, n >> 2, n >> 3, n >> 4].filter((other) => other !== n).map((other) =>
        entry(`libp${other}.so.1()(64bit)`)
      ),
      `</rpm:requires></format></package>`
    ].join("")),
  "</metadata>"
].join("\n")

const set = Array.from({ length: candidates }, (_, id) => ({
  id: `c${id}`,
  packages: Array.from({ length: brought / candidates }, (_, at) => {
    const n = (id * 97 + at * candidates * 7) % offered
    return {
      nevra: `p${n}-2-1.x86_64`,
      provides: [`libp${n}.so.1()(64bit)`, `p${n}(x86-64)`],
      requires: [`libp${n >> 1}.so.1()(64bit)`, ...(id % 10 === 3 ? ["nobody-offers-this"] : [])]
    }
  })
}))

const measure = async (database: string) => {
  const repository = createServer(({ url }, response) =>
    void response.end(
      url?.endsWith("repomd.xml") === true
        ? `<repomd><data type="primary"><location href="repodata/primary.xml"/></data></repomd>`
        : primary
    )
  )
  await new Promise<void>((resolve) => repository.listen(0, "127.0.0.1", resolve))
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-promotions-"))
  Fs.writeFileSync(
    Path.join(directory, "targets.yaml"),
    `- {name: stable, arches: [x86_64], repositories: ["http://127.0.0.1:${
      (repository.address() as AddressInfo).port
    }/"]}\n`
  )
  const server = await ServerProcess.start({
    DATABASE_URL: database,
    ORCH_GATING_DIRECTORY: directory,
    ORCH_DATA_DIR: Path.join(directory, "data")
  })
  try {
    for (const dry_run of [true, false]) {
      const end = await server.probe()
      const began = performance.now()
      const reply = await fetch(`${server.url}/orch/v1/gates/targets/stable/promotions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ candidates: set, dry_run })
      })
      const answer = await reply.json() as { promoted: ReadonlyArray<string>; is_largest: boolean }
      const took = performance.now() - began
      if (reply.status !== 200) throw new Error(JSON.stringify(answer))
      const times = await end()
      const longest = times.at(-1)!
      console.log(
        `${dry_run ? "tried" : "promoted"}: ${answer.promoted.length} of ${candidates} in ${took.toFixed(0)} ms; `
          + `largest: ${answer.is_largest}; meanwhile p50 ${ServerProcess.at(times, 0.5).toFixed(0)} ms, `
          + `longest ${longest.toFixed(0)} ms (bound ${boundMillis} ms)`
      )
      if (longest > boundMillis) process.exitCode = 1
    }
  } finally {
    await server.stop()
    repository.close().closeAllConnections()
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

if (skippedServer !== undefined) console.log(`skipped: ${skippedServer}`)
else {await Effect.runPromise(Effect.scoped(Effect.flatMap(temporaryDatabase, ({ url }) =>
    Effect.promise(() => measure(url)))))}
