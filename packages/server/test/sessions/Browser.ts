/** As much of a browser as signing in needs: it keeps cookies, says where a form comes from, and follows nothing by itself. */

/** One that was not here before. */
export const open = (url: string, extra: Readonly<Record<string, string>> = {}) => {
  const cookies = new Map<string, string>()
  let given: ReadonlyArray<string> = []
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(new URL(path, url), {
      redirect: "manual",
      ...init,
      headers: {
        accept: "text/html",
        ...(cookies.size === 0 ? {} : { cookie: [...cookies].map((one) => one.join("=")).join("; ") }),
        ...extra,
        ...init.headers as Record<string, string>
      }
    })
    given = answer.headers.getSetCookie()
    for (const one of given) {
      const [pair = ""] = one.split(";")
      const at = pair.indexOf("=")
      if (/Max-Age=0/.test(one)) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    const text = await answer.text()
    return {
      status: answer.status,
      text,
      location: answer.headers.get("location"),
      type: answer.headers.get("content-type")
    }
  }
  return {
    cookies,
    given: () => given,
    get: (path: string) => ask(path),
    form: (path: string, fields: Readonly<Record<string, string>>, origin = url) =>
      ask(path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { origin, "sec-fetch-site": origin === url ? "same-origin" : "cross-site" }
      }),
    json: (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      ask(path, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", accept: "application/json", origin: url, ...headers }
      }),
    /** What the page says that changes have to bring along. */
    proof: async () => /data-proof="([^"]+)"/.exec((await ask("/about")).text)?.[1]
  }
}
