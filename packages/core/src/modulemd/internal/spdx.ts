/**
 * SPDX licence expressions (specification 2.3, annex D), by the parser and the list of identifiers of `spdx-expression-parse`
 * (decision 0206). For advice, not for law.
 */
import parse from "spdx-expression-parse"

/** Longer texts are not looked at: the parser recurses, and the longest expressions of real modules have some 2,000 characters. */
const maxLength = 10_000

/** The parser looks for a name anywhere in the rest of the text, so nothing else may be in it. */
const characters = /^[A-Za-z0-9.:+() -]*$/

/**
 * Whether the text is an expression of identifiers from SPDX's list, in their own spelling, or `LicenseRef-…`, with AND, OR, WITH
 * (in any case) and parentheses. Never throws.
 */
export const isExpression = (text: string): boolean => {
  const oneLine = text.trim().replace(/\s+/g, " ")
  if (oneLine.length > maxLength || !characters.test(oneLine)) return false
  try {
    parse(oneLine)
    return true
  } catch {
    return false
  }
}
