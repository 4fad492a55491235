/**
 * What pages do with script to follow changes. One function that stands on nothing outside of itself, because its text is what browsers
 * are sent; types are gone by then. A page without it is complete and can be read.
 *
 * One tab of a browser reads the stream of events and tells the others, since a browser has few connections to one host. A page is
 * looked at again as a whole and its changed parts are exchanged, so that what is shown is never composed twice. Rows that are new
 * wait while somebody is at the rows that are there.
 */

/** Runs in the browser once the page is parsed. */
export const live = (): void => {
  const { prefix = "", topics = "" } = document.body.dataset
  let lost = false
  const sign = document.getElementById("live")
  const show = () => {
    if (sign === null) return
    sign.hidden = false
    const text = lost ? "Not connected" : "Live"
    if (sign.textContent !== text) sign.textContent = text
    if (lost) {
      sign.dataset["lost"] = ""
      sign.title = `Shown is what was true at ${new Date().toISOString().slice(11, 16)} UTC`
    } else {
      delete sign.dataset["lost"]
      sign.removeAttribute("title")
    }
    for (const button of document.querySelectorAll<HTMLButtonElement>("form[data-act] button")) {
      button.disabled = lost || button.dataset["busy"] !== undefined
    }
  }

  let said = 0
  let next: number | undefined
  /** Tells screen readers, at most every ten seconds; of several things the last. */
  const announce = (text: string) => {
    clearTimeout(next)
    next = window.setTimeout(() => {
      said = Date.now()
      const place = document.getElementById("announced")
      if (place !== null) place.textContent = text
    }, Math.max(0, said + 10_000 - Date.now()))
  }

  const rowsOf = (part: ParentNode) => new Set([...part.querySelectorAll(".feed > li[id]")].map(({ id }) => id))
  const newIn = (now: Element, then: Element): number => [...rowsOf(then)].filter((id) => !rowsOf(now).has(id)).length
  const waits = () => document.querySelector(".feed > li:hover, .feed > li:focus-within") !== null
  const fresh = document.getElementById("fresh")

  const exchange = (page: Document, asked: boolean) => {
    const now = document.getElementById("main")
    const then = page.getElementById("main")
    if (now === null || then === null || document.querySelector("dialog[open]") !== null) return
    const scripts = [page, document].map((one) => one.querySelector("script[src]")?.getAttribute("src"))
    if (scripts[0] !== scripts[1]) document.dispatchEvent(new Event("orch:newer"))
    const count = newIn(now, then)
    if (count > 0 && rowsOf(now).size > 0) announce(`${count} new ${count === 1 ? "build" : "builds"}`)
    if (count > 0 && !asked && waits() && fresh !== null) {
      fresh.textContent = `Show ${count} new`
      fresh.hidden = false
      return
    }
    if (fresh !== null) fresh.hidden = true
    document.dispatchEvent(new CustomEvent("orch:fresh", { detail: then }))
    const state = (part: ParentNode) => part.querySelector(".head .st.big")?.textContent ?? ""
    if (state(now) !== state(then) && state(then) !== "") announce(page.title.replace(/ · orch$/, ""))
    document.title = page.title
    const icon = page.getElementById("icon")
    if (icon !== null && icon.getAttribute("href") !== document.getElementById("icon")?.getAttribute("href")) {
      document.getElementById("icon")?.replaceWith(icon)
    }
    const { again, proof } = page.body.dataset
    if (again === undefined) delete document.body.dataset["again"]
    else document.body.dataset["again"] = again
    if (proof !== undefined) document.body.dataset["proof"] = proof
    const focused = document.activeElement instanceof HTMLElement && now.contains(document.activeElement)
      ? document.activeElement
      : undefined
    // Whoever writes into a field keeps it.
    if (
      (focused instanceof HTMLInputElement && focused.type !== "checkbox") || focused instanceof HTMLTextAreaElement
    ) return
    const open = [...now.querySelectorAll("details")].map((one) => one.open)
    const place = focused?.getAttribute("href") ?? undefined
    const old = [...now.children]
    const parts = [...then.children]
    for (const [index, part] of parts.entries()) {
      const was = old[index]
      if (was === undefined) now.append(part)
      else if (!was.isEqualNode(part)) was.replaceWith(part)
    }
    for (const part of old.slice(parts.length)) part.remove()
    for (const [index, one] of [...now.querySelectorAll("details")].entries()) one.open = open[index] ?? false
    if (focused !== undefined && !focused.isConnected) {
      const same = focused instanceof HTMLInputElement
        ? now.querySelector<HTMLElement>(`input.picker[value="${CSS.escape(focused.value)}"]`)
        : focused.id !== ""
        ? document.getElementById(focused.id)
        : place === undefined
        ? null
        : now.querySelector<HTMLElement>(`a[href="${CSS.escape(place)}"]`)
      same?.focus({ preventScroll: true })
    }
    document.dispatchEvent(new Event("orch:shown"))
    show()
  }

  /** Connects at once, where that waits for its turn. */
  let retry: (() => void) | undefined
  let asked = 0
  let waiting = false
  /** Looks that may be made at once; one comes with each second. */
  let free = 3
  /** Looks again: at once where not much happens, and once a second where much does. */
  const look = (wanted: boolean) => {
    if ((waiting && !wanted) || document.body.dataset["still"] !== undefined) return
    waiting = true
    const have = Math.min(3, free + (Date.now() - asked) / 1000)
    setTimeout(() => {
      waiting = false
      free = Math.max(0, Math.min(3, free + (Date.now() - asked) / 1000) - 1)
      asked = Date.now()
      // This way of reading a document runs none of it, and its type needs no policy.
      const request = new XMLHttpRequest()
      request.open("GET", location.href.replace(/#.*/, ""))
      request.responseType = "document"
      request.onload = () => {
        // A server that answers this answers the stream, too.
        if (request.status === 200 && lost) retry?.()
        if (request.status === 200 && request.responseXML !== null) exchange(request.responseXML, wanted)
      }
      request.send()
    }, wanted ? 0 : Math.max(50, 1000 * (1 - have)))
  }
  if (fresh !== null) fresh.onclick = () => look(true)

  const channel = new BroadcastChannel(`orch${prefix}`)
  const tell = (what: "changed" | "live" | "lost") => {
    if (what === "changed") return look(false)
    const back = lost && what === "live"
    if (back) announce("Connected again")
    if (!lost && what === "lost") announce("Not connected; what is shown may be out of date")
    lost = what === "lost"
    show()
    if (back) look(false)
  }
  channel.onmessage = ({ data }) => {
    if (data === "changed" || data === "live" || data === "lost") tell(data)
  }
  const all = (what: "changed" | "live" | "lost") => {
    channel.postMessage(what)
    tell(what)
  }
  let last = ""
  let leads = false
  const connect = (pause: number) => {
    // A browser sends the last id itself only as long as it is one connection; afterwards it is said here.
    retry = undefined
    const stream = new EventSource(`${prefix}/orch/v1/events${last === "" ? "" : `?after=${last}`}`)
    let timer = 0
    stream.onopen = () => {
      clearTimeout(timer)
      timer = 0
      pause = 1000
      all("live")
      // What happened after the page was made and before the stream was there.
      if (!leads) look(false)
      leads = true
    }
    stream.onerror = () => {
      if (timer === 0) timer = window.setTimeout(() => all("lost"), 1500)
      if (stream.readyState === EventSource.CLOSED) {
        all("lost")
        const again = setTimeout(() => connect(Math.min(30_000, pause * 2)), pause * (0.5 + Math.random()))
        retry = () => {
          retry = undefined
          clearTimeout(again)
          connect(1000)
        }
      }
    }
    for (const topic of topics.split(" ")) {
      stream.addEventListener(topic, ({ data, lastEventId }) => {
        if (lastEventId === last) return
        last = lastEventId
        if (topic === "module-build.state") document.dispatchEvent(new CustomEvent("orch:event", { detail: data }))
        all("changed")
      })
    }
  }
  const lead = () => {
    connect(1000)
    return new Promise<void>(() => {})
  }
  if (navigator.locks === undefined) void lead()
  else void navigator.locks.request(`orch-events${prefix}`, lead)
  show()
  // Another tab leads: what happened before this one listened is looked at once.
  setTimeout(() => {
    if (!leads && !lost) look(false)
  }, 1000)

  const repeat = () => {
    const { again } = document.body.dataset
    if ((again !== undefined || lost) && document.visibilityState === "visible") look(false)
    setTimeout(repeat, 1000 * Math.max(2, Number(again ?? 5)))
  }
  setTimeout(repeat, 2000)

  addEventListener("online", () => look(false))
  document.addEventListener("orch:look", () => look(true))
}
