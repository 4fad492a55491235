/** Who may come in: a password at each request, or a session with its token, as Django keeps them. */
import { randomBytes } from "node:crypto"
import { type Answer, Refusal } from "./FakeAnswer.ts"

export interface Credentials {
  readonly username: string
  readonly password: string
}

const denied = (detail: string): Refusal =>
  new Refusal({ status: 401, body: { detail }, headers: { "www-authenticate": "Basic realm=\"api\"" } })

export class FakeDoor {
  private readonly expected: string
  private readonly username: string
  private readonly root: string
  private readonly sessions = new Map<string, string>()
  /** Passwords that were checked, each a slow hash in the real one. */
  checked = 0

  constructor({ password, username }: Credentials, root: string) {
    this.expected = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
    this.username = username
    this.root = root
  }

  private checkPassword(authorization: string): void {
    this.checked++
    if (authorization !== this.expected) throw denied("Invalid username/password.")
  }

  /** Lets the request in, or throws the answer that refuses it. */
  check(method: string, headers: Readonly<Record<string, string | undefined>>): void {
    if (headers["authorization"] !== undefined) return this.checkPassword(headers["authorization"])
    const session = /(?:^|;\s*)sessionid=([^;]*)/.exec(headers["cookie"] ?? "")?.[1]
    const token = session === undefined ? undefined : this.sessions.get(session)
    if (token === undefined) throw denied("Authentication credentials were not provided.")
    if (method !== "GET" && method !== "HEAD" && headers["x-csrftoken"] !== token) {
      throw new Refusal({ status: 403, body: { detail: "CSRF Failed: CSRF token missing." } })
    }
  }

  login(headers: Readonly<Record<string, string | undefined>>): Answer {
    if (headers["authorization"] === undefined) throw denied("Authentication credentials were not provided.")
    this.checkPassword(headers["authorization"])
    const [session, token] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")]
    this.sessions.set(session, token)
    return {
      status: 201,
      body: { pulp_href: `${this.root}users/1/`, prn: "prn:auth.user:1", username: this.username },
      headers: { "set-cookie": [`csrftoken=${token}; Path=/; SameSite=Lax`, `sessionid=${session}; Path=/; HttpOnly`] }
    }
  }

  endSessions(): void {
    this.sessions.clear()
  }
}
