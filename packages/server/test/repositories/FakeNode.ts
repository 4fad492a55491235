/** A storage node for tests: HTTPS with a certificate nobody signed, a health page whose answer can be changed. */
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

export interface FakeNode {
  readonly host: string
  /** Status of `/health/`; 0 never answers. */
  health: number
  asked: number
}

const selfSigned = Effect.acquireUseRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "orch-node-"))),
  (directory) =>
    Effect.promise(async () => {
      const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")]
      await promisify(execFile)("openssl", [
        ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=node.example".split(
          " "
        ),
        "-keyout",
        key,
        "-out",
        cert
      ])
      return { key: await readFile(key), cert: await readFile(cert) }
    }),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

/** Starts nodes that share one certificate; they stop with the scope. */
export const start = Effect.fnUntraced(function*(count: number) {
  const tls = yield* selfSigned
  return yield* Effect.forEach(Array.from({ length: count }), () =>
    Effect.acquireRelease(
      Effect.promise(() =>
        new Promise<{ readonly node: FakeNode; readonly stop: () => void }>((resolve) => {
          const server = createServer(tls, (request, response) => {
            if (request.url !== "/health/") {
              response.writeHead(404).end()
              return
            }
            node.asked++
            if (node.health > 0) response.writeHead(node.health).end()
          })
          const node: FakeNode = { host: "", health: 204, asked: 0 }
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo
            Object.assign(node, { host: `127.0.0.1:${port}` })
            resolve({ node, stop: () => void server.close().closeAllConnections() })
          })
        })
      ),
      ({ stop }) => Effect.sync(stop)
    ).pipe(Effect.map(({ node }) => node)))
})
