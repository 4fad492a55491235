/**
 * What pages of logs do with script beyond their window: the windows before and after come as somebody scrolls there, a click on the
 * rail goes anywhere, and no more of a large log is held than some windows. One function that stands on nothing outside of itself,
 * because its text is what browsers are sent.
 *
 * Windows are read as pages, so that what is shown of a line is composed once.
 */

/** Runs in the browser once the page is parsed. */
export const logWindows = (): void => {
  const list = document.getElementById("lines")
  const rail = document.getElementById("rail")
  const log = document.getElementById("log")
  if (list === null || log === null) return
  /** Rows that are held; those that are farthest away go first. */
  const most = 6000
  /** Pixels from an end at which the next window is asked for. */
  const near = 1500
  let earlier = (document.getElementById("earlier") as HTMLAnchorElement | null)?.href ?? ""
  let later = (document.getElementById("later") as HTMLAnchorElement | null)?.href ?? ""
  let reading = false
  /** Whether somebody came near an end while a window was read. */
  let missed = false
  /** Counts jumps: what was asked for before one is not for what is shown after it. */
  let jumps = 0

  const read = (address: string) =>
    new Promise<Document | undefined>((resolve) => {
      // This way of reading a document runs none of it, and its type needs no policy.
      const request = new XMLHttpRequest()
      // Of what is looked for, that in the window is enough.
      const window = new URL(address, location.href)
      window.hash = ""
      window.searchParams.set("part", "true")
      request.open("GET", window.href)
      request.responseType = "document"
      request.onload = () => resolve(request.status === 200 ? request.responseXML ?? undefined : undefined)
      request.onerror = () => resolve(undefined)
      request.send()
    })
  const linkIn = (page: Document, id: string) => page.getElementById(id)?.getAttribute("href") ?? ""
  const numberOf = (row: Element | null | undefined) => Number(/^L(\d+)$/.exec(row?.id ?? "")?.[1] ?? Number.NaN)
  const edge = (isFirst: boolean) => {
    const rows = list.querySelectorAll("li[id^=L]")
    return numberOf(isFirst ? rows[0] : rows[rows.length - 1])
  }
  /** Says which lines are held, and where they are in the whole. */
  const say = () => {
    const [from, to] = [edge(true), edge(false)]
    const total = Number(rail?.dataset["total"] ?? to)
    const shown = document.getElementById("shown")
    if (shown !== null) shown.textContent = `Lines ${from} to ${to} of ${total}`
    const window = rail?.querySelector(".window")
    window?.setAttribute("y", String(1000 * (from - 1) / total))
    window?.setAttribute("height", String(Math.max(6, 1000 * (to - from + 1) / total)))
    for (const [id, address] of [["earlier", earlier], ["later", later]] as const) {
      const link = document.getElementById(id)
      if (link === null) continue
      link.hidden = address === ""
      if (address !== "") link.setAttribute("href", address)
    }
    document.dispatchEvent(new Event("orch:lines"))
  }
  /** The address of the window that ends before a line, or that begins after one. */
  const around = (line: number, isBefore: boolean) => {
    const address = new URL(location.href)
    address.hash = ""
    address.searchParams.delete("at")
    address.searchParams.set("from", String(isBefore ? Math.max(1, line - 1000) : line + 1))
    return address.href
  }

  const grow = async (isBefore: boolean): Promise<void> => {
    const address = isBefore ? earlier : later
    if (reading) missed = true
    if (address === "" || reading) return
    reading = true
    const now = jumps
    const page = await read(address)
    const rows = [...page?.getElementById("lines")?.children ?? []]
    reading = false
    if (page === undefined || rows.length === 0 || now !== jumps) return
    const known = (row: Element) => row.id !== "" && document.getElementById(row.id) !== null
    const fresh = document.createDocumentFragment()
    const before = edge(true)
    for (const row of rows) {
      const line = numberOf(row)
      if (known(row) || (isBefore && line >= before)) continue
      fresh.append(row)
    }
    // A row that stays is kept where it is on the screen, whatever comes and goes before it.
    const anchor = isBefore ? list.querySelector("li[id^=L]:not([hidden])") : list.querySelector("li[id^=L]:last-child")
    const was = anchor?.getBoundingClientRect().top ?? 0
    if (isBefore) {
      list.prepend(fresh)
      earlier = linkIn(page, "earlier")
      while (list.children.length > most) {
        list.lastElementChild?.remove()
        later = around(edge(false), false)
      }
    } else {
      list.append(fresh)
      later = linkIn(page, "later")
      while (list.children.length > most) {
        list.firstElementChild?.remove()
        earlier = around(edge(true), true)
      }
    }
    say()
    if (anchor?.isConnected === true) {
      const moved = anchor.getBoundingClientRect().top - was
      if (Math.abs(moved) > 1) scrollBy(0, moved)
    }
  }

  let due = false
  const look = () => {
    if (due) return
    due = true
    requestAnimationFrame(async () => {
      due = false
      const { bottom, top } = list.getBoundingClientRect()
      missed = false
      if (bottom < innerHeight + near) await grow(false)
      else if (top > -near && scrollY > 0) await grow(true)
      if (missed && !reading) look()
    })
  }
  addEventListener("scroll", look, { passive: true })

  /** Shows a line in place of what is shown, without another page. */
  const go = async (line: number): Promise<void> => {
    const address = new URL(location.href)
    address.searchParams.delete("at")
    address.searchParams.set("from", String(Math.max(1, line - 200)))
    address.hash = `#L${line}`
    const now = ++jumps
    const page = document.getElementById(`L${line}`) === null ? await read(address.href) : undefined
    if (now !== jumps) return
    const rows = page?.getElementById("lines")
    if (page !== undefined && rows !== null && rows !== undefined) {
      list.replaceChildren(...rows.children)
      earlier = linkIn(page, "earlier")
      later = linkIn(page, "later")
    }
    history.replaceState(null, "", address)
    say()
    dispatchEvent(new Event("hashchange"))
  }
  rail?.addEventListener("click", (event) => {
    const { height, top } = (rail.querySelector("svg") ?? rail).getBoundingClientRect()
    const total = Number(rail.dataset["total"])
    void go(Math.min(total, Math.max(1, Math.round(total * (event.clientY - top) / height))))
  })

  /** The next or the one before of what was found, or, where nothing was looked for, of the errors. */
  const step = (by: 1 | -1) => {
    const marked = (name: string) => (rail?.dataset[name] ?? "").split(" ").map(Number).filter((line) => line > 0)
    const found = marked("found")
    const all = [...new Set(found.length > 0 ? found : marked("errors"))].toSorted((a, b) => a - b)
    const now = Number(/^#L(\d+)/.exec(location.hash)?.[1] ?? 0)
    const next = by > 0 ? all.find((line) => line > now) ?? all[0] : all.findLast((line) => line < now) ?? all.at(-1)
    if (next !== undefined) void go(next)
  }
  document.addEventListener("orch:next", () => step(1))
  document.addEventListener("orch:previous", () => step(-1))
}
