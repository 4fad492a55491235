/**
 * Notices of the browser about builds that somebody asked to be told of: one for each end, whichever of this browser's tabs is open. One
 * function that stands on nothing outside of itself, because its text is what browsers are sent.
 */

/** Runs in the browser once the page is parsed. */
export const notices = (): void => {
  const key = "orch.notices"
  const { prefix = "" } = document.body.dataset
  const ends = ["ready", "failed", "garbage"]
  const wanted = (): ReadonlyArray<number> => {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(key) ?? "[]")
      return Array.isArray(found) ? found.filter((one) => Number.isInteger(one)).slice(-200) : []
    } catch {
      return []
    }
  }
  const keep = (all: ReadonlyArray<number>) => {
    try {
      localStorage.setItem(key, JSON.stringify(all))
    } catch {
      // Nothing is kept then, and nobody is told.
    }
    show()
  }
  const buttons = () => [...document.querySelectorAll<HTMLButtonElement>("button[data-notify]")]
  const show = () => {
    for (const button of buttons()) {
      const on = wanted().includes(Number(button.dataset["notify"]))
      button.hidden = !("Notification" in globalThis)
      button.setAttribute("aria-pressed", String(on))
      button.textContent = on ? "You will be notified" : "Notify me"
    }
  }
  const say = (text: string) => {
    const place = document.getElementById("said")
    if (place === null) return
    const note = document.createElement("p")
    note.textContent = text
    place.replaceChildren(note)
  }
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement) || target.dataset["notify"] === undefined) return
    const id = Number(target.dataset["notify"])
    const all = wanted()
    if (all.includes(id)) return keep(all.filter((one) => one !== id))
    void Notification.requestPermission().then((answer) => {
      if (answer === "granted") keep([...all, id])
      else say("This browser lets the page show no notices; its settings of this site say so.")
    })
  })

  interface Entry {
    readonly id: number
    readonly name: string
    readonly stream: string
    readonly state: string
    readonly sentence: string
    readonly first_error: { readonly text: string | null } | null
  }
  const tell = async (id: number) => {
    try {
      const answer = await fetch(`${prefix}/orch/v1/feed/?limit=1&before=${id + 1}`)
      const { items } = await answer.json() as { readonly items: ReadonlyArray<Entry> }
      const one = items.find((entry) => entry.id === id)
      // Another tab may have told it meanwhile.
      if (one === undefined || !ends.includes(one.state) || !wanted().includes(id)) return
      keep(wanted().filter((other) => other !== id))
      const notice = new Notification(`${one.name}:${one.stream} ${one.state === "ready" ? "is ready" : "has ended"}`, {
        body: one.first_error?.text ?? one.sentence,
        tag: `build-${id}`
      })
      notice.onclick = () => {
        globalThis.focus()
        location.assign(`${prefix}/builds/${id}`)
      }
    } catch {
      // It is tried again with the next event.
    }
  }
  document.addEventListener("orch:event", (event) => {
    if (!(event instanceof CustomEvent)) return
    const all = wanted()
    if (all.length === 0) return
    try {
      const data: unknown = JSON.parse(String(event.detail))
      const id = typeof data === "object" && data !== null && "id" in data ? Number(data.id) : Number.NaN
      if (all.includes(id)) void tell(id)
    } catch {
      // It tells of something else.
    }
  })
  document.addEventListener("orch:shown", show)
  show()
  // What ended while no tab was open.
  setTimeout(() => wanted().slice(-20).forEach((id) => void tell(id)), 1500)
}
