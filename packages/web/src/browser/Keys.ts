/**
 * Keys of pages, and the dialog that lists them. One function that stands on nothing outside of itself, because its text is what
 * browsers are sent. Keys are dead in fields and where a dialog is open, and somebody can switch them off.
 */

/** Runs in the browser once the page is parsed. */
export const keys = (): void => {
  const key = "orch.keys"
  const isOff = (): boolean => {
    try {
      return localStorage.getItem(key) === "off"
    } catch {
      return false
    }
  }
  const help = document.getElementById("help")
  const showHelp = () => {
    if (help instanceof HTMLDialogElement && document.querySelector("dialog[open]") === null) help.showModal()
  }
  document.addEventListener("orch:help", showHelp)
  const box = document.getElementById("keys-off")
  if (box instanceof HTMLInputElement) {
    box.checked = isOff()
    box.onchange = () => {
      try {
        localStorage.setItem(key, box.checked ? "off" : "on")
      } catch {
        // It holds until the page is left.
      }
    }
  }
  document.addEventListener("orch:newer", () => {
    // Nobody sits at a wall.
    if (document.body.classList.contains("wall")) return location.reload()
    const place = document.getElementById("said")
    if (place === null || place.childElementCount > 0) return
    const note = document.createElement("p")
    note.textContent = "The server has a newer version."
    const again = document.createElement("button")
    again.className = "btn"
    again.textContent = "Reload"
    again.onclick = () => location.reload()
    place.replaceChildren(note, again)
  })

  const follow = (found: Element | null | undefined) => {
    if (found instanceof HTMLElement) found.click()
  }
  const step = (by: number) => {
    const rows = [
      ...document.querySelectorAll<HTMLElement>(
        ".feed h3 a, .stack th[scope=row] a, .stack th[scope=row] + td ~ td a, [data-row] a"
      )
    ]
    const at = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1
    rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus()
  }
  let goes = 0
  /** After `g`, the page of the navigation whose address or words begin with the letter. */
  const page = (letter: string) =>
    [...document.querySelectorAll<HTMLAnchorElement>("header .nav a")].find((one) =>
      (one.textContent ?? "").trim().toLowerCase().startsWith(letter)
    )
  /** To the first action of the row that one is at; a row that can be chosen is chosen, since its actions are those of all chosen. */
  const toActions = () => {
    const row = document.activeElement?.closest("li, tr")
    const box = row?.querySelector<HTMLInputElement>("input.picker")
    if (box?.checked === false) document.dispatchEvent(new Event("orch:choose"))
    const of = box === null || box === undefined
      ? row?.querySelector<HTMLElement>("form[data-act] button") ??
        document.querySelector<HTMLElement>(".head .acts button:enabled, .head .acts a")
      : document.querySelector<HTMLElement>("#picked button")
    of?.focus()
  }
  const does: Readonly<Record<string, () => void>> = {
    "/": () => {
      const filter = document.getElementById("filter")
      if (filter === null) document.dispatchEvent(new Event("orch:palette"))
      else filter.focus()
    },
    "?": showHelp,
    "j": () => step(1),
    "k": () => step(-1),
    "g": () => {
      goes = Date.now()
    },
    "x": () => document.dispatchEvent(new Event("orch:choose")),
    ".": toActions,
    "e": () => follow(document.getElementById("explain")),
    "l": () => follow(document.querySelector("#first-error, .stack td a[href$='/log']")),
    "n": () => {
      if (document.getElementById("rail") !== null) document.dispatchEvent(new Event("orch:next"))
      else follow(document.getElementById("to-error") ?? document.getElementById("first-error"))
    },
    "p": () => document.dispatchEvent(new Event("orch:previous")),
    "u": () => follow(document.querySelector(".crumbs li:nth-last-child(2) a"))
  }
  document.addEventListener("keydown", (event) => {
    const { key: pressed, target } = event
    if (event.ctrlKey || event.metaKey || event.altKey || isOff()) return
    if (
      (target instanceof HTMLInputElement && target.type !== "checkbox") || target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement || document.querySelector("dialog[open]") !== null
    ) return
    if (Date.now() - goes < 1500) {
      goes = 0
      const found = page(pressed)
      if (found !== undefined) {
        event.preventDefault()
        found.click()
        return
      }
    }
    const act = Object.hasOwn(does, pressed) ? does[pressed] : undefined
    if (act === undefined) return
    event.preventDefault()
    act()
  })
}
