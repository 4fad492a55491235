/** What is wrong with a request to the gates' interfaces, in the shape that their clients read: one entry for each field. */

/** One problem; `loc` leads to the field. */
export interface GatingProblem {
  readonly loc: ReadonlyArray<string | number>
  readonly msg: string
  readonly input: unknown
}

/** The body of a refusal with 400. */
export const body = (problems: ReadonlyArray<GatingProblem>): unknown => ({ validation_error: problems })

/** Characters of a wrong value that are worth repeating. */
const mostShown = 200

const shown = (input: unknown): unknown =>
  typeof input === "string"
    ? input.slice(0, mostShown)
    : typeof input === "object" && input !== null
    ? undefined
    : input

/** Reads the fields of an object and collects what is wrong with them. */
export interface FieldReader {
  readonly problems: ReadonlyArray<GatingProblem>
  /** A text within bounds; `undefined` where the field is absent or wrong. */
  readonly text: (
    name: string,
    options?: { readonly required?: boolean; readonly most?: number; readonly least?: number }
  ) => string | undefined
  readonly flag: (name: string, fallback: boolean) => boolean
  readonly refuse: (name: string, msg: string) => void
}

/** Texts longer than this are not stored. */
const mostText = 65_536

/** A reader of one object, whose fields stand below `at`. */
export const reader = (
  object: Readonly<Record<string, unknown>>,
  at: ReadonlyArray<string | number> = []
): FieldReader => {
  const problems: Array<GatingProblem> = []
  const refuse = (name: string, msg: string): void => {
    problems.push({ loc: [...at, name], msg, input: shown(object[name]) })
  }
  return {
    problems,
    refuse,
    text: (name, { least = 0, most = mostText, required = false } = {}) => {
      const value = object[name]
      if (value === undefined || value === null) {
        if (required) refuse(name, "Field required")
        return undefined
      }
      if (typeof value !== "string") {
        refuse(name, "Input should be a valid string")
        return undefined
      }
      if (value.length < least) refuse(name, `String should have at least ${least} character`)
      else if (value.length > most) refuse(name, `String should have at most ${most} characters`)
      else if (value.includes("\0")) refuse(name, "String should not hold a NUL character")
      else return value
      return undefined
    },
    flag: (name, fallback) => {
      const value = object[name]
      if (value === undefined || value === null) return fallback
      if (typeof value === "boolean") return value
      refuse(name, "Input should be a valid boolean")
      return fallback
    }
  }
}

/** Whether a decoded body is an object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
