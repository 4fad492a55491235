/** What the fake hub reads from an HTTP request besides the call: who sends it, in which session, and the bytes. */
import type * as http from "node:http"
import type { TLSSocket } from "node:tls"
import type { Credentials } from "./dispatch.ts"
import type { HubState } from "./HubState.ts"

/** The session and call number of a request, where the version of the hub looks for them; undefined outside of sessions. */
export const credentialsOf = (
  state: HubState,
  headers: http.IncomingHttpHeaders,
  query: URLSearchParams
): Credentials | undefined => {
  const [, minor, patch] = state.version
  const header = (name: string): string | undefined => headers[name]?.toString()
  const number = (text: string | null | undefined): number | undefined =>
    text === null || text === undefined ? undefined : Number(text)
  const id = header("koji-session-id")
  if (minor >= 31 && id !== undefined) {
    // 1.31 to 1.35.3 read one header, what came after reads the other first.
    const late = minor > 35 || (minor === 35 && patch > 3)
    const callnum = (late ? header("koji-session-callnum") : undefined) ?? header("koji-callnum") ??
      query.get("callnum")
    return { id: Number(id), key: header("koji-session-key") ?? "", callnum: number(callnum) }
  }
  const inQuery = query.get("session-id")
  return inQuery === null
    ? undefined
    : { id: Number(inQuery), key: query.get("session-key") ?? "", callnum: number(query.get("callnum")) }
}

/** Who the web server in front of a hub would name: by ticket, or by a certificate it trusts. */
export const remoteUserOf = (
  request: http.IncomingMessage,
  tickets: Readonly<Record<string, string>> | undefined
): string | undefined => {
  const ticket = /^Negotiate (\S+)$/.exec(request.headers.authorization ?? "")?.[1]
  if (ticket !== undefined) return tickets?.[ticket]
  const socket = request.socket as Partial<TLSSocket>
  if (socket.authorized !== true) return undefined
  const name = socket.getPeerCertificate?.().subject?.CN
  return Array.isArray(name) ? name[0] : name
}

/** The whole body of a request. */
export const body = async (request: http.IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
