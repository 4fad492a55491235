/**
 * What pages of logs do with script: what is written is added as it comes, parts are folded, ranges of lines have addresses. One
 * function that stands on nothing outside of itself but what it is handed, because its text is what browsers are sent.
 */
import type { Segment } from "../log/Ansi.ts"

/** Runs in the browser once the page is parsed; `segments` is that of `Ansi`. */
export const logs = (segments: (line: string) => ReadonlyArray<Segment>): void => {
  const log = document.getElementById("log")
  const list = document.getElementById("lines")
  if (log === null || list === null) return
  const { prefix = "" } = document.body.dataset
  const button = (id: string) => document.getElementById(id) as HTMLButtonElement | null

  // Folding.
  const folds = () => [...list.querySelectorAll<HTMLElement>("li.fold")]
  const set = (fold: HTMLElement, closed: boolean) => {
    fold.dataset["closed"] = String(closed)
    fold.querySelector("button")?.setAttribute("aria-expanded", String(!closed))
    const to = Number(fold.dataset["to"])
    for (let line = Number(fold.dataset["from"]); line <= to; line++) {
      const row = document.getElementById(`L${line}`)
      if (row !== null) row.hidden = closed
    }
  }
  const foldAll = button("fold")
  const say = () => {
    if (foldAll === null) return
    foldAll.hidden = folds().length === 0
    foldAll.textContent = folds().some((fold) => fold.dataset["closed"] === "true") ? "Open all" : "Fold all"
  }
  /** Folds of lines that came are hidden until then. */
  const begin = () => {
    for (const fold of folds()) {
      if (!fold.hidden) continue
      fold.hidden = false
      set(fold, fold.dataset["closed"] === "true")
    }
    say()
  }
  list.addEventListener("click", ({ target }) => {
    const fold = target instanceof Element ? target.closest<HTMLElement>("li.fold") : null
    if (fold === null) return
    set(fold, fold.dataset["closed"] !== "true")
    say()
  })
  const all = (closed: boolean) => {
    for (const fold of folds()) set(fold, closed)
    say()
  }
  begin()
  document.addEventListener("orch:lines", begin)
  foldAll?.addEventListener("click", () => all(foldAll.textContent === "Fold all"))

  // Addresses of lines and of ranges.
  const range = (): readonly [from: number, to: number] | undefined => {
    const match = /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash)
    if (match === null) return undefined
    const from = Number(match[1])
    const to = Number(match[2] ?? match[1])
    return from <= to ? [from, to] : [to, from]
  }
  const title = document.title
  const pick = (move: boolean) => {
    for (const one of list.querySelectorAll(".pick")) one.classList.remove("pick")
    const wanted = range()
    if (wanted === undefined) return
    const [from, to] = wanted
    const first = document.getElementById(`L${from}`)
    if (first === null) {
      // It is in another window of the same log.
      const address = new URL(location.href)
      if (address.searchParams.get("at") === String(from)) return
      address.searchParams.set("from", String(Math.max(1, from - 200)))
      address.searchParams.set("at", String(from))
      location.replace(address)
      return
    }
    for (const fold of folds()) {
      if (Number(fold.dataset["from"]) <= to && Number(fold.dataset["to"]) >= from) set(fold, false)
    }
    for (let line = from; line <= Math.min(to, from + 5000); line++) {
      document.getElementById(`L${line}`)?.classList.add("pick")
    }
    document.title = `${from === to ? `Line ${from}` : `Lines ${from} to ${to}`}: ${title}`
    say()
    if (move) first.scrollIntoView({ block: "center" })
  }
  let anchor: number | undefined
  list.addEventListener("click", (event) => {
    const number = event.target instanceof Element ? event.target.closest("li > a:first-child") : null
    const line = Number(number?.textContent)
    if (number === null || !(line > 0)) return
    event.preventDefault()
    const from = event.shiftKey ? anchor ?? range()?.[0] ?? line : line
    if (!event.shiftKey) anchor = line
    const hash = from === line ? `#L${line}` : `#L${Math.min(from, line)}-L${Math.max(from, line)}`
    history.replaceState(null, "", hash)
    pick(false)
  })
  addEventListener("hashchange", () => pick(true))
  const link = button("link")
  if (link !== null) {
    link.hidden = false
    link.addEventListener("click", () => {
      const address = new URL(location.href)
      address.searchParams.delete("at")
      void navigator.clipboard.writeText(address.href).then(() => {
        link.textContent = "Copied"
        setTimeout(() => {
          link.textContent = "Copy link"
        }, 2000)
      })
    })
  }

  const copy = button("copy-text")
  if (copy !== null) {
    copy.hidden = false
    copy.addEventListener("click", () => {
      const picked = [...list.querySelectorAll("li.pick > span")]
      const rows = picked.length > 0 ? picked : [...list.querySelectorAll("li[id]:not([hidden]) > span")]
      void navigator.clipboard.writeText(rows.map((row) => row.textContent ?? "").join("\n")).then(() => {
        copy.textContent = "Copied"
        setTimeout(() => {
          copy.textContent = "Copy text"
        }, 2000)
      })
    })
  }
  const times = button("times")
  if (times !== null) {
    times.hidden = false
    times.addEventListener("click", () => {
      times.setAttribute("aria-pressed", String(log.classList.toggle("times")))
    })
  }
  document.getElementById("to-error")?.addEventListener("click", (event) => {
    const not = button("not-the-cause")
    if (!event.shiftKey || not === null) return
    event.preventDefault()
    not.click()
  })

  // Wrapping is what small screens need.
  const wrap = button("wrap")
  const wrapped = (on: boolean) => {
    log.classList.toggle("wrap", on)
    wrap?.setAttribute("aria-pressed", String(on))
  }
  if (wrap !== null) {
    wrap.hidden = false
    wrap.addEventListener("click", () => wrapped(!log.classList.contains("wrap")))
    wrapped(matchMedia("(max-width: 60rem)").matches)
  }
  pick(true)

  // Following.
  const most = 5000
  let unseen = 0
  const follow = document.getElementById("follow")
  const toEnd = button("to-end")
  const isAtEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 120
  const end = () => {
    unseen = 0
    if (follow !== null) follow.hidden = true
    scrollTo(0, document.documentElement.scrollHeight)
  }
  toEnd?.addEventListener("click", end)
  const add = (lines: ReadonlyArray<string>, from: number) => {
    const stays = !isAtEnd()
    for (const [index, line] of lines.entries()) {
      const number = from + index
      if (document.getElementById(`L${number}`) !== null) continue
      const row = document.createElement("li")
      row.id = `L${number}`
      const address = document.createElement("a")
      address.href = `#L${number}`
      address.textContent = String(number)
      const text = document.createElement("span")
      for (const { href, kind, text: part } of segments(line)) {
        const one = document.createElement(href === undefined ? "span" : "a")
        if (kind !== "") one.className = kind
        if (href !== undefined) {
          one.setAttribute("href", href)
          one.setAttribute("rel", "noreferrer nofollow")
        }
        one.textContent = part
        text.append(one)
      }
      row.append(address, text)
      list.append(row)
    }
    if (!stays) {
      // Only where nobody reads them: the page would move under the reader.
      while (list.children.length > most) list.firstElementChild?.remove()
      end()
      return
    }
    unseen += lines.length
    if (follow !== null && toEnd !== null) {
      follow.hidden = false
      toEnd.textContent = `End, ${unseen.toLocaleString("en")} new lines`
    }
  }
  const read = async (at: string, next: number, pause: number): Promise<void> => {
    interface Answer {
      readonly from: number
      readonly lines: ReadonlyArray<string>
      readonly next: number | null
    }
    let answer: Answer | undefined
    try {
      const response = await fetch(`${prefix}${at}${at.includes("?") ? "&" : "?"}from=${next}&wait=20`)
      if (response.ok) answer = await response.json() as Answer
    } catch {
      // The server is away; the next try may find it.
    }
    if (answer === undefined) {
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())))
      return read(at, next, Math.min(30_000, pause * 2))
    }
    if (answer.lines.length > 0) add(answer.lines, answer.from)
    if (answer.next !== null) return read(at, answer.next, 1000)
    // It has ended: what went wrong in it is known now.
    if (isAtEnd()) return location.reload()
    if (follow === null || toEnd === null) return
    follow.hidden = false
    toEnd.textContent = "It has ended: look at it as a whole"
    toEnd.onclick = () => location.reload()
  }
  const { lines: at, next } = log.dataset
  if (at !== undefined && next !== undefined) {
    if (location.hash === "") end()
    void read(at, Number(next), 1000)
  }

  document.addEventListener("keydown", (event) => {
    const { key, target } = event
    const find = document.getElementById("filter")
    if (event.ctrlKey && key === "f" && find !== null && document.activeElement === log) {
      // Once more, from the field, it is the browser's own.
      event.preventDefault()
      find.focus()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || target instanceof HTMLInputElement) return
    if (key === "[") all(true)
    else if (key === "]") all(false)
    else if (key === "f") end()
    else if (key === "w") wrap?.click()
    else return
    event.preventDefault()
  })
}
