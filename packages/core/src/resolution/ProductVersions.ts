/**
 * The product versions that a gate is asked about: policies name them, some by a pattern (`fedora-*`), and a pattern is no
 * product version that could be asked about.
 */
import * as Glob from "../internal/glob.ts"

const isPattern = (text: string): boolean => /[*?[]/.test(text)

/**
 * Those to ask about, each once, in the order of the policies. Empty where the policies are about none that is known.
 *
 * @param named what the policies for a build name, patterns among them. @param known further product versions, of which those
 * that a pattern matches count. @param own the build's product version; where it is known, others do not count.
 */
export const toAsk = (
  named: ReadonlyArray<string>,
  known: ReadonlyArray<string>,
  own?: string | undefined
): ReadonlyArray<string> => {
  if (own !== undefined) return named.some((one) => Glob.matches(one, own)) ? [own] : []
  const versions = known.filter((version) => !isPattern(version))
  return [
    ...new Set(
      named.flatMap((one) => isPattern(one) ? versions.filter((version) => Glob.matches(one, version)) : [one])
    )
  ]
}
