/**
 * One field that finds everything: things by the server's search, pages, and what can be done on this page. One function that stands on
 * nothing outside of itself, because its text is what browsers are sent. What was found is taken from the page that shows it without
 * script, so that the two never differ.
 */

/** Runs in the browser once the page is parsed. */
export const palette = (): void => {
  const { prefix = "" } = document.body.dataset
  const dialog = document.getElementById("palette")
  const input = document.getElementById("palette-text")
  const list = document.getElementById("palette-list")
  const count = document.getElementById("palette-count")
  if (
    !(dialog instanceof HTMLDialogElement) || !(input instanceof HTMLInputElement) || list === null || count === null
  ) return

  interface Choice {
    readonly label: string
    readonly about: string
    readonly href?: string
    readonly run?: () => void
  }
  let choices: ReadonlyArray<Choice> = []
  let at = 0

  const show = () => {
    list.replaceChildren(...choices.map(({ about, label }, index) => {
      const one = document.createElement("li")
      one.id = `palette-${index}`
      one.role = "option"
      one.setAttribute("aria-selected", String(index === at))
      const name = document.createElement("bdi")
      name.textContent = label
      const what = document.createElement("span")
      what.className = "dim small"
      what.textContent = about
      one.append(name, what)
      one.onclick = (event) => go(index, event.ctrlKey || event.metaKey)
      return one
    }))
    input.setAttribute("aria-expanded", String(choices.length > 0))
    if (choices.length > 0) input.setAttribute("aria-activedescendant", `palette-${at}`)
    else input.removeAttribute("aria-activedescendant")
    document.getElementById(`palette-${at}`)?.scrollIntoView({ block: "nearest" })
  }
  const go = (index: number, isApart: boolean) => {
    const choice = choices[index]
    if (choice === undefined) return
    dialog.close()
    if (choice.href !== undefined) {
      if (isApart) open(choice.href, "_blank", "noopener")
      else location.assign(choice.href)
    } else choice.run?.()
  }

  /** Pages and actions of this page whose words begin with what is written. */
  const own = (text: string): ReadonlyArray<Choice> => {
    const pages = [...document.querySelectorAll<HTMLAnchorElement>("header .nav a")].map((link) => ({
      label: link.textContent ?? "",
      about: "page",
      href: link.href
    }))
    const buttons = [...document.querySelectorAll<HTMLButtonElement>("form[data-act] button:not([disabled])")].slice(
      0,
      50
    )
      .map((button) => ({ label: button.textContent ?? "", about: "on this page", run: () => button.click() }))
    const others = [
      { label: "Keyboard shortcuts", about: "help", run: () => document.dispatchEvent(new Event("orch:help")) },
      {
        label: document.getElementById("zone")?.textContent ?? "Show local times",
        about: "times",
        run: () => document.dispatchEvent(new Event("orch:zone"))
      }
    ]
    const words = text.toLowerCase()
    return [...buttons, ...pages, ...others].filter(({ label }) =>
      words === "" || label.toLowerCase().split(" ").some((word) => word.startsWith(words)) ||
      label.toLowerCase().startsWith(words)
    )
  }

  let asked = 0
  const found = (page: Document): ReadonlyArray<Choice> =>
    [...page.querySelectorAll<HTMLAnchorElement>("#hits a")].map((link) => ({
      label: link.textContent ?? "",
      about: link.dataset["about"] ?? "",
      href: link.getAttribute("href") ?? ""
    }))
  const ask = (text: string) => {
    const number = ++asked
    const request = new XMLHttpRequest()
    request.open("GET", `${prefix}/find?${new URLSearchParams({ q: text })}`)
    request.responseType = "document"
    request.onload = () => {
      if (number !== asked || request.responseXML === null) return
      choices = [...found(request.responseXML), ...own(text)]
      at = 0
      count.textContent = choices.length === 0 ? "Nothing fits" : `${choices.length} found`
      show()
    }
    request.send()
  }
  let timer: number | undefined
  const changed = () => {
    clearTimeout(timer)
    const text = input.value.trim()
    choices = own(text)
    at = 0
    count.textContent = ""
    show()
    asked++
    if (text !== "") timer = window.setTimeout(() => ask(text), 120)
  }
  input.oninput = changed
  input.onkeydown = (event) => {
    const { key } = event
    if (key === "ArrowDown" || key === "ArrowUp") {
      at = choices.length === 0 ? 0 : (at + (key === "ArrowDown" ? 1 : choices.length - 1)) % choices.length
      show()
    } else if (key === "Enter") go(at, event.ctrlKey || event.metaKey)
    else return
    event.preventDefault()
  }

  let before: Element | null = null
  const start = () => {
    if (document.querySelector("dialog[open]") !== null) return
    before = document.activeElement
    input.value = ""
    dialog.showModal()
    input.focus()
    changed()
  }
  dialog.onclose = () => {
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  }
  document.addEventListener("orch:palette", start)
  const link = document.getElementById("find")
  if (link !== null) {
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      start()
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    start()
  })
}
