/**
 * Addresses of this server in what it stores.
 *
 * Nodes and people may reach the server under different names, and names change; so what is stored says "this server", and each answer
 * says it with the name that its reader used.
 */

const self = "orch://self/"

/** How a host's address is stored: a path becomes one of this server, anything else stays as it is. */
export const store = (url: string): string => url.startsWith("/") ? `${self}${url.slice(1)}` : url

/** A stored address for a reader that reaches this server by `origin`, such as `http://127.0.0.1:8080`. */
export const read = (url: string, origin: string): string =>
  url.startsWith(self) ? `${origin}/${url.slice(self.length)}` : url

/** The same for all addresses in a text that is JSON. */
export const readText = (json: string, origin: string): string => json.replaceAll(`"${self}`, `"${origin}/`)

/** The same for all addresses in a value that is JSON. */
export const readAll = <A>(value: A, origin: string): A => JSON.parse(readText(JSON.stringify(value), origin)) as A
