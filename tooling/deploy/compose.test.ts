/** The compose file: its own rules always, and the compose client where it is installed. */
import { assert, describe, it } from "@effect/vitest"
import * as ServerConfig from "@orch/server/ServerConfig"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Yaml from "yaml"

const folder = fileURLToPath(new URL("../../deploy/", import.meta.url))
const text = readFileSync(`${folder}compose.yaml`, "utf8")

interface Service {
  readonly image: string
  readonly restart?: string
  readonly ports?: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: ReadonlyArray<string>
  readonly secrets?: ReadonlyArray<string>
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: object
  readonly secrets: object
}

const compose = Yaml.parse(text, { uniqueKeys: true, strict: true }) as Compose
const services = Object.entries(compose.services)

/** Variables that a file of settings sets. */
const variables = (file: string): ReadonlyArray<string> =>
  readFileSync(`${folder}${file}`, "utf8").split("\n").filter((line) => /^[A-Z]/.test(line)).map((line) =>
    line.split("=", 1)[0] ?? ""
  )

const clients = [["docker", "compose"], ["podman", "compose"], ["docker-compose"]] as const
const client = clients.find(([program, ...words]) => {
  const { error, status } = spawnSync(program, [...words, "version"], { encoding: "utf8" })
  return error === undefined && status === 0
})

describe("the compose file", () => {
  it("names every image with its registry or build, and its version", () => {
    for (const [name, { image }] of services) assert.match(image, /^[\w./-]+:\d[\w.-]*$/, name)
  })
  it("starts everything again, and lets nobody in from elsewhere", () => {
    for (const [name, { ports = [], restart }] of services) {
      assert.strictEqual(restart, "unless-stopped", name)
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name)
    }
  })
  it("holds no secret", () => {
    for (const [name, { environment = {} }] of services) {
      assert.deepStrictEqual(Object.keys(environment).filter((key) => /(?:PASSWORD|SECRET|TOKEN)$/.test(key)), [], name)
    }
  })
  it("declares every volume and secret that it uses", () => {
    for (const [, { secrets = [], volumes = [] }] of services) {
      assert.includeMembers(Object.keys(compose.volumes), volumes.map((one) => one.split(":", 1)[0] ?? ""))
      assert.includeMembers(Object.keys(compose.secrets), [...secrets])
    }
  })
  it("sets nothing that is no setting", () => {
    for (const file of ["compose.env", "orch.env"]) {
      const set = Object.fromEntries(variables(file).map((name) => [name, ""]))
      assert.isNotEmpty(Object.keys(set))
      assert.deepStrictEqual(ServerConfig.unknownVariables(set), [], file)
    }
  })
  if (client === undefined) {
    it.skip("is understood by the compose client (needs docker compose, podman compose or docker-compose)", () => {})
  } else {
    it(`is understood by ${client.join(" ")}`, () => {
      const copy = mkdtempSync(join(tmpdir(), "orch-compose-"))
      try {
        for (const file of ["compose.yaml", "compose.env"]) {
          writeFileSync(join(copy, file), readFileSync(`${folder}${file}`))
        }
        writeFileSync(join(copy, "database-password"), "secret")
        const [program, ...words] = client
        const { status, stderr, stdout } = spawnSync(program, [
          ...words,
          "--file",
          join(copy, "compose.yaml"),
          "config"
        ], {
          encoding: "utf8"
        })
        assert.strictEqual(status, 0, stderr)
        assert.include(stdout, "ORCH_PUBLIC_URL")
      } finally {
        rmSync(copy, { recursive: true })
      }
    })
  }
})
