/** Paths that come from outside: where to go back to, what a form is for. */

const here = "http://here.invalid"

/** The path below `below`, as the server knows it; `undefined` for whatever would lead elsewhere. */
export const of = (text: string | null | undefined, below = "/"): string | undefined => {
  if (text === null || text === undefined || text.length > 4096 || !/^\/(?![/\\])/.test(text)) return undefined
  const url = URL.parse(text, here)
  return url !== null && url.origin === here && url.pathname.startsWith(below) && !url.pathname.startsWith("//")
    ? `${url.pathname}${url.search}`
    : undefined
}

/** Where to go afterwards: the path that was named, or the first page where it would lead elsewhere. */
export const back = (text: string | null | undefined): string => of(text) ?? "/builds"
