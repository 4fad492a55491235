/**
 * Views of the feed that somebody named: a name for a filter, kept in the browser. One function that stands on nothing outside of itself,
 * because its text is what browsers are sent.
 */

/** Runs in the browser once the page is parsed. */
export const views = (): void => {
  const key = "orch.views"
  type View = readonly [name: string, filter: string]
  const isView = (one: unknown): one is View =>
    Array.isArray(one) && one.length === 2 && one.every((text) => typeof text === "string")
  const read = (): ReadonlyArray<View> => {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(key) ?? "[]")
      return Array.isArray(found) ? found.filter(isView).slice(0, 30) : []
    } catch {
      return []
    }
  }
  const keep = (all: ReadonlyArray<View>) => {
    try {
      localStorage.setItem(key, JSON.stringify(all))
    } catch {
      // Nothing is kept then.
    }
    for (const nav of document.querySelectorAll(".views[data-own]")) write(nav)
  }
  const { prefix = "" } = document.body.dataset
  const filter = () => new URLSearchParams(location.search).get("q") ?? ""

  const save = () => {
    const dialog = document.createElement("dialog")
    dialog.setAttribute("aria-label", "Save this view")
    const form = document.createElement("form")
    form.method = "dialog"
    const label = document.createElement("label")
    label.className = "field-label"
    label.textContent = `A name for ${filter()}`
    const input = document.createElement("input")
    input.maxLength = 40
    input.required = true
    label.append(input)
    const row = document.createElement("div")
    row.className = "row"
    const yes = document.createElement("button")
    yes.className = "btn main"
    yes.value = "save"
    yes.textContent = "Save"
    const no = document.createElement("button")
    no.className = "btn"
    no.type = "button"
    no.textContent = "Leave it"
    no.onclick = () => dialog.close()
    row.append(yes, no)
    form.append(label, row)
    dialog.append(form)
    dialog.onclose = () => {
      dialog.remove()
      const name = input.value.trim()
      if (dialog.returnValue === "save" && name !== "") {
        keep([...read().filter(([other]) => other !== name), [name, filter()]])
      }
      document.getElementById("save-view")?.focus()
    }
    document.body.append(dialog)
    dialog.showModal()
  }

  /** Own views and what can be done about them behind those that every page has. */
  const write = (nav: Element) => {
    for (const one of nav.querySelectorAll("[data-mine]")) one.remove()
    const q = filter()
    const mine = read()
    for (const [name, text] of mine) {
      const link = document.createElement("a")
      link.href = `${prefix}/builds?${new URLSearchParams({ q: text })}`
      link.textContent = name
      link.title = text
      link.dataset["mine"] = ""
      if (text === q) {
        for (const other of nav.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current")
        link.setAttribute("aria-current", "page")
      }
      nav.append(link)
    }
    if (q === "") return
    const known = mine.find(([, text]) => text === q)
    const button = document.createElement("button")
    button.className = "btn plain"
    button.type = "button"
    button.id = "save-view"
    button.dataset["mine"] = ""
    button.textContent = known === undefined ? "Save this view" : `Forget ${known[0]}`
    nav.append(button)
  }
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLElement) || target.id !== "save-view") return
    const known = read().find(([, text]) => text === filter())
    if (known === undefined) save()
    else keep(read().filter((one) => one[0] !== known[0]))
  })
  document.addEventListener("orch:fresh", (event) => {
    if (!(event instanceof CustomEvent) || !(event.detail instanceof Element)) return
    for (const nav of event.detail.querySelectorAll(".views[data-own]")) write(nav)
  })
  for (const nav of document.querySelectorAll(".views[data-own]")) write(nav)
}
