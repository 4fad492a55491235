/**
 * A registry for npm on this machine that has our packed packages and nothing else, so that `npm install @orch/server`
 * can be tried word for word before anything is published. What is not ours comes from the usual registry.
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { basename } from "node:path"
import { run } from "./Command.ts"
import type { Manifest } from "./Manifest.ts"

export interface Registry {
  /** Lines for `.npmrc`. */
  readonly npmrc: string
  readonly close: () => void
}

/** The manifest as it was packed: versions of the workspace and of the catalog are written out in it. */
const packedManifest = (tarball: string): Manifest =>
  JSON.parse(run("tar", ["-xOf", tarball, "package/package.json"], { cwd: "/" }))

const describe = (manifest: Manifest, tarball: string, url: string) => ({
  name: manifest.name,
  "dist-tags": { latest: manifest.version },
  versions: {
    [manifest.version]: {
      ...manifest,
      dist: {
        tarball: `${url}/-/${basename(tarball)}`,
        integrity: `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`
      }
    }
  }
})

/** Serves the tarballs on a free port of 127.0.0.1. */
export const serve = async (tarballs: ReadonlyArray<string>): Promise<Registry> => {
  const packed = tarballs.map((tarball) => ({ tarball, manifest: packedManifest(tarball) }))
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "/")
    const file = packed.find(({ tarball }) => path === `/-/${basename(tarball)}`)
    const described = packed.find(({ manifest }) => path === `/${manifest.name}`)
    if (file !== undefined) return response.end(readFileSync(file.tarball))
    if (described === undefined) return response.writeHead(404).end()
    response.setHeader("content-type", "application/json")
    response.end(JSON.stringify(describe(described.manifest, described.tarball, url)))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { npmrc: `@orch:registry=${url}/\n`, close: () => server.close() }
}
