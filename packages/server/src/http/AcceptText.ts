/** Whether it is a terminal that asks for a page: it names plain text, or it is a program that shows what it gets as it is. */
import * as AcceptHtml from "./AcceptHtml.ts"

type Headers = Readonly<Record<string, string | undefined>>

const named = (accept: string): boolean =>
  accept.split(",").some((one) => {
    const [type = "", ...parameters] = one.split(";").map((part) => part.trim().toLowerCase())
    return type === "text/plain" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })

/** Whoever names HTML is a browser. */
export const isWanted = (headers: Headers): boolean => {
  const accept = headers["accept"]
  return accept !== undefined && AcceptHtml.isNamed(accept)
    ? false
    : named(accept ?? "") ||
      (/^(?:curl|wget)\//i.test(headers["user-agent"] ?? "") &&
        (accept === undefined || /(?:^|,)\s*\*\/\*/.test(accept)))
}
