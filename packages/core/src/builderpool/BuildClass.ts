/** Which class of builds a build belongs to: classes have capacity reserved for them, so rules of the operator say it, not who asks. */

/** What rules look at. */
export interface BuildFacts {
  readonly kind: "package" | "module"
  readonly owner: string
  /** Number of the product that it is built for. */
  readonly product: number | undefined
}

/** One rule: builds of this kind, owner or product are of the class. */
export interface ClassRule {
  readonly class: string
  readonly by: "kind" | "owner" | "product"
  /** `package` or `module`, the owner's name, or the product's number. */
  readonly name: string
}

const valid: Record<ClassRule["by"], RegExp> = {
  kind: /^(?:package|module)$/,
  owner: /^\S+$/,
  product: /^[1-9]\d{0,14}$/
}

/** Reads `CLASS:kind|owner|product:NAME`; `undefined` when the text is none. */
export const parse = (text: string): ClassRule | undefined => {
  const found = /^([^:\s]+):(kind|owner|product):(.+)$/.exec(text)
  if (found === null) return undefined
  const by = found[2] as ClassRule["by"]
  return valid[by].test(found[3]!) ? { class: found[1]!, by, name: found[3]! } : undefined
}

/** The class of the first rule that fits; `undefined` when none does. */
export const of = (rules: ReadonlyArray<ClassRule>, facts: BuildFacts): string | undefined =>
  rules.find(({ by, name }) => String(facts[by]) === name)?.class
