/** Serves the repositories below a directory over HTTP, by git's own CGI program. */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type * as Net from "node:net"
import { buffer } from "node:stream/consumers"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"

/** Hands a request to `git http-backend`; `path` is the repository's below `root`, and what is asked of it. */
export const answer = async (
  root: string,
  path: string,
  request: Http.IncomingMessage,
  response: Http.ServerResponse
): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://localhost")
  const { stdout } = await SmallProcess.run("git", ["http-backend"], {
    input: await buffer(request),
    env: {
      PATH: process.env["PATH"] ?? "",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: path,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? "")
    }
  })
  const output = Buffer.from(stdout)
  const end = output.indexOf("\r\n\r\n")
  for (const line of output.subarray(0, end).toString().split("\r\n")) {
    const [name = "", value = ""] = line.split(": ")
    if (name === "Status") response.statusCode = Number(value.slice(0, 3))
    else response.setHeader(name, value)
  }
  response.end(output.subarray(end + 4))
}

/** A server on a free port, until the scope ends; its URL, without a slash at the end. */
export const start = (root: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() =>
        new Promise<Http.Server>((resolve) => {
          const server = Http.createServer((request, response) =>
            answer(root, new URL(request.url ?? "/", "http://localhost").pathname, request, response)
          )
          server.listen(0, "127.0.0.1", () => resolve(server))
        })
      ),
      (server) =>
        Effect.promise(() =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          })
        )
    ),
    (server) => `http://127.0.0.1:${(server.address() as Net.AddressInfo).port}`
  )
