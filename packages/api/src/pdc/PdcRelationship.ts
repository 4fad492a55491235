/** Relationships of components as PDC writes and takes them. */
import { reader } from "./PdcFields.ts"

/** A component of a release. */
export interface PdcComponent {
  readonly id: number
  readonly name: string
  readonly release: string
}

/** A component as a body names it: by number, or by name and release. */
export type NamedComponent =
  | { readonly id: number }
  | { readonly name: string; readonly release: string }

/** What a body says of a relationship; what it leaves out is `undefined`. */
export interface RelationshipBody {
  readonly type: string | undefined
  readonly from: NamedComponent | undefined
  readonly to: NamedComponent | undefined
}

/** A relationship. */
export interface PdcRelationship {
  readonly id: number
  readonly type: string
  readonly from: PdcComponent
  readonly to: PdcComponent
}

const component = (value: unknown): NamedComponent | undefined => {
  if (typeof value === "number" && Number.isSafeInteger(value)) return { id: value }
  if (typeof value !== "object" || value === null) return undefined
  const { id, name, release } = value as { readonly id?: unknown; readonly name?: unknown; readonly release?: unknown }
  if (typeof id === "number" && Number.isSafeInteger(id)) return { id }
  return typeof name === "string" && typeof release === "string" && !`${name}${release}`.includes("\0")
    ? { name: name.slice(0, 300), release: release.slice(0, 300) }
    : undefined
}

/** Reads a body. In a change nothing is required. */
export const decode = (body: unknown, types: ReadonlyArray<string>, isChange: boolean) => {
  const fields = reader(body, ["id", "type", "from_component", "to_component"])
  const type = fields.text("type", { required: !isChange, most: 300 })
  if (type !== undefined && !types.includes(type)) {
    fields.refuse("type", [
      `'${type}' is not allowed value. Use one of ${types.map((one) => `'${one}'`).join(", ")}.`
    ])
  }
  const named = (name: string) => {
    const given = fields.raw(name)
    if (given === undefined) {
      if (!isChange) fields.refuse(name, ["This field is required."])
      return undefined
    }
    const found = component(given)
    if (found === undefined) {
      fields.refuse(name, { detail: "Could not determine component: give its id, or its name and release." })
    }
    return found
  }
  const relationship: RelationshipBody = { type, from: named("from_component"), to: named("to_component") }
  return { relationship, problems: fields.problems() }
}

/** That a component is not there, in the words that clients look for. */
export const missing = (given: NamedComponent): string =>
  "id" in given
    ? `ReleaseComponent [${given.id}] doesn't exist`
    : `ReleaseComponent [{u'release': u'${given.release}', u'name': u'${given.name}'}] doesn't exist`

const encodeComponent = ({ id, name, release }: PdcComponent) => ({ release, id, name })

/** A relationship as it is shown. */
export const encode = ({ from, id, to, type }: PdcRelationship): Readonly<Record<string, unknown>> => ({
  id,
  type,
  from_component: encodeComponent(from),
  to_component: encodeComponent(to)
})
