/** Who there is in the demo's farm, with a token each, and how they speak to the server. */
import { createHash, randomBytes } from "node:crypto"

export interface Person {
  readonly name: string
  readonly group: string
  readonly token: string
}

const person = (name: string, group: string): Person => ({ name, group, token: randomBytes(24).toString("base64url") })

/** A packager, somebody who sets things up, and the machine that signs. Build nodes get their tokens of the server. */
export const make = () => ({
  packager: person("packager", "packager"),
  admin: person("admin", "admins"),
  signer: person("signer", "signer")
})

export type People = ReturnType<typeof make>

/** The settings by which the server knows them. */
export const settings = (people: People): Record<string, string> => ({
  ORCH_AUTH: "token",
  ORCH_ADMIN_GROUPS: "admins",
  ORCH_API_TOKENS: Object.values(people).map(({ group, name, token }) =>
    `${name}:${group}:${createHash("sha256").update(token).digest("hex")}`
  ).join(",")
})

/** Asks the server in JSON; throws with its words where it refuses. */
export const ask = async <A>(url: string, by: Person, method: string, path: string, body?: unknown): Promise<A> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${by.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`)
  return JSON.parse(text) as A
}
