/** How a hub method is declared: Python's parameter list, the permission it takes, and what it does. */
import type { Value } from "../../XmlRpc.ts"
import { fault, type HubState, type Session, type User } from "./HubState.ts"

export interface Context {
  readonly state: HubState
  readonly session: Session | undefined
}

export interface Method {
  /** Name in messages, as the hub's Python function is called. */
  readonly function: string
  /** `name` is required, `name=` optional, `**` takes any keyword. */
  readonly parameters: ReadonlyArray<string>
  readonly run: (args: Readonly<Record<string, Value | undefined>>, context: Context) => Value
}

export type Methods = Readonly<Record<string, Method>>

export const method = (name: string, parameters: string, run: Method["run"]): Method => ({
  function: name,
  parameters: parameters === "" ? [] : parameters.split(/,\s*/),
  run
})

/** Positional and keyword arguments by name, or the TypeError that Python would raise, as fault 1019. */
export const bind = (
  declared: Method,
  positional: ReadonlyArray<Value>,
  keywords: Readonly<Record<string, Value>>
): Record<string, Value | undefined> => {
  const names = declared.parameters.filter((name) => name !== "**").map((name) => name.replace("=", ""))
  const bound: Record<string, Value | undefined> = {}
  if (positional.length > names.length) {
    throw fault(
      1019,
      `${declared.function}() takes ${names.length} positional arguments but ${positional.length} were given`
    )
  }
  for (const [index, value] of positional.entries()) bound[names[index] as string] = value
  for (const [name, value] of Object.entries(keywords)) {
    if (!names.includes(name) && !declared.parameters.includes("**")) {
      throw fault(1019, `${declared.function}() got an unexpected keyword argument '${name}'`)
    }
    if (name in bound) throw fault(1019, `${declared.function}() got multiple values for argument '${name}'`)
    bound[name] = value
  }
  const missing = declared.parameters.filter((name) => !name.includes("=") && name !== "**" && !(name in bound))
  if (missing.length > 0) {
    const which = missing.map((name) => `'${name}'`).join(" and ")
    const plural = missing.length === 1 ? "argument" : "arguments"
    throw fault(1019, `${declared.function}() missing ${missing.length} required positional ${plural}: ${which}`)
  }
  return bound
}

export const loggedIn = (context: Context): User => {
  if (context.session === undefined) throw fault(1004, "you must be logged in for this operation")
  return context.session.user
}

/** One of the permissions, or `admin`. */
export const needs = (context: Context, ...permissions: ReadonlyArray<string>): User => {
  const user = context.session?.user
  if (user === undefined) throw fault(1004, `${permissions[0]} permission required (user not logged in)`)
  if (![...permissions, "admin"].some((name) => user.permissions.has(name))) {
    throw fault(1004, `${permissions[0]} permission required (logged in as ${user.name})`)
  }
  return user
}

export const text = (value: Value | undefined): string => typeof value === "string" ? value : String(value ?? "")
export const list = (value: Value | undefined): ReadonlyArray<Value> =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
export const struct = (value: Value | undefined): Readonly<Record<string, Value | undefined>> =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? value as Readonly<Record<string, Value | undefined>>
    : {}
