/** Cookies of sessions: what they are called, how they are set and read. */
import type { Reached } from "../auth/Sessions.ts"

/** `session`: who is signed in. `sign-in`: what a browser carries to an identity provider and back. */
export type Purpose = "session" | "sign-in"

/**
 * Behind TLS the name has a beginning with which a browser takes the cookie from this very host alone, and by TLS alone; below a path
 * it cannot say that it is for the whole host.
 */
export const nameOf = ({ isSecure, prefix }: Reached, purpose: Purpose): string =>
  `${isSecure ? (prefix === "" ? "__Host-" : "__Secure-") : ""}orch-${purpose}`

/** The value for `Set-Cookie`; without seconds the cookie is taken away. Scripts do not see it, and other sites' forms do not bring it. */
export const set = (reached: Reached, purpose: Purpose, value: string, seconds: number): string =>
  `${nameOf(reached, purpose)}=${value}; Path=${
    reached.prefix === "" ? "/" : reached.prefix
  }; Max-Age=${seconds}; HttpOnly; SameSite=Lax${reached.isSecure ? "; Secure" : ""}`

/** What a request brings of it, where it is of the form that we give out. */
export const read = (header: string | undefined, reached: Reached, purpose: Purpose): string | undefined => {
  const name = nameOf(reached, purpose)
  for (const part of (header ?? "").slice(0, 16_384).split(";")) {
    const at = part.indexOf("=")
    if (at > 0 && part.slice(0, at).trim() === name) {
      const value = part.slice(at + 1).trim()
      return /^[\w.-]{1,4096}$/.test(value) ? value : undefined
    }
  }
  return undefined
}
