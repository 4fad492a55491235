/** Serves pages of samples to a browser, each by its name, with the assets that they ask for. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createServer, type Server } from "node:http"
import * as Assets from "../src/Assets.ts"
import * as Frame from "../src/Frame.ts"
import * as Viewer from "../src/Viewer.ts"

const site: Frame.Site = { prefix: "", version: "0.0.0", assets: Assets.hash, features: new Set() }

/** A server for as long as the scope lives; it answers 404 to what is neither a page nor an asset. */
export const serve = (pages: Readonly<Record<string, Frame.Page>>): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() =>
      new Promise<Server>((resolve) => {
        const server = createServer((request, response) => {
          const name = (request.url ?? "").split("/").at(-1) ?? ""
          const asset = Assets.find(name)
          const page = pages[name]
          if (asset !== undefined) response.setHeader("content-type", asset.type).end(asset.text)
          else if (page === undefined) response.writeHead(404).end()
          else response.setHeader("content-type", "text/html").end(Frame.html(page, site, Viewer.stranger))
        })
        server.listen(0, "127.0.0.1", () => resolve(server))
      })
    ),
    (server) => Effect.sync(() => void server.close().closeAllConnections())
  )
