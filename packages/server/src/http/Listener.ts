/** What the server listens with: how long clients may take, what is answered before anything else, and how connections end. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { createServer } from "node:http"
import * as Closing from "./Closing.ts"
import type { Values } from "./HttpSettings.ts"
import * as Liveness from "./Liveness.ts"
import * as Origins from "./Origins.ts"

/**
 * Milliseconds that clients may take. Connections are kept longer than proxies keep theirs (a minute), so that none sends a request
 * into one that is being closed.
 */
const patience = { headersTimeout: 30_000, requestTimeout: 300_000, keepAliveTimeout: 75_000 }

/** Milliseconds for which requests that are under way may go on when the server stops, and after which none of their connections is left. */
const [grace, end] = [10_000, 12_000]

/** The listening server. `auth` says how clients tell who they are: tickets of large directories do not fit into what headers may have otherwise. */
export const layer = (
  config: Values & { readonly auth: string }
) =>
  NodeHttpServer.layer(
    () => {
      const size = config.auth === "kerberos" ? { maxHeaderSize: 96 * 1024 } : {}
      return Liveness.inFrontOf(Closing.prompt(createServer({ ...patience, ...size }), end), Origins.isOurs(config))
    },
    { port: config.port, host: config.host, gracefulShutdownTimeout: grace }
  )
