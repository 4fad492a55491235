/**
 * What pages do with script about several rows at once: one chooses them, one dialog says what follows for each, and one answer says
 * what became of each. One function that stands on nothing outside of itself, because its text is what browsers are sent.
 */

/** Runs in the browser once the page is parsed. */
export const choosing = (): void => {
  interface Doing {
    readonly label: string
    readonly action: string
    readonly to: string
    readonly body?: unknown
    readonly may: string
    readonly ofParts?: true
  }
  interface May {
    readonly action: string
    readonly part: string | null
    readonly allowed: boolean
    readonly why_not: string | null
    readonly consequence: string | null
  }
  /** Rows that can be chosen at once. */
  const most = 200
  const { prefix = "" } = document.body.dataset
  const chosen = new Map<string, string>()
  const boxes = (part: ParentNode = document) => [...part.querySelectorAll<HTMLInputElement>("input.picker")]
  const place = () => document.querySelector<HTMLElement>("[data-picks]")
  const nameOf = (box: HTMLInputElement) => (box.getAttribute("aria-label") ?? "").replace(/^Choose /, "")
  const part = <K extends keyof HTMLElementTagNameMap>(name: K, text: string, kind = "") => {
    const one = document.createElement(name)
    one.textContent = text
    if (kind !== "") one.className = kind
    return one
  }

  const bar = part("div", "", "picked toolbar")
  bar.id = "picked"
  bar.setAttribute("role", "region")
  bar.setAttribute("aria-label", "What is chosen")
  bar.hidden = true
  document.body.append(bar)

  const show = () => {
    for (const box of boxes()) {
      box.hidden = false
      box.checked = chosen.has(box.value)
    }
    const from = place()
    bar.hidden = chosen.size === 0 || from === null
    if (from === null || bar.hidden) return
    const doings = JSON.parse(from.dataset["picks"] ?? "[]") as ReadonlyArray<Doing>
    const count = part(
      "strong",
      `${chosen.size} ${chosen.size === 1 ? from.dataset["one"] : from.dataset["many"]} chosen`
    )
    count.setAttribute("role", "status")
    const none = part("button", "Choose none", "btn plain end")
    none.onclick = () => {
      chosen.clear()
      show()
    }
    // The bar is made anew whenever the page changes; whoever is at one of its buttons stays there.
    const at = [...bar.querySelectorAll("button")].findIndex((one) => one === document.activeElement)
    bar.replaceChildren(
      count,
      ...doings.map((doing) => {
        const button = part("button", doing.label, "btn")
        button.onclick = () => void ask(doing)
        return button
      }),
      none
    )
    if (at >= 0) bar.querySelectorAll("button")[at]?.focus()
  }

  /** Does it for all, so many at the same time. */
  const each = async <A>(
    all: ReadonlyArray<readonly [string, string]>,
    work: (id: string, name: string) => Promise<A>
  ) => {
    const found = new Map<string, A>()
    const queue = [...all]
    const worker = async (): Promise<void> => {
      const next = queue.shift()
      if (next === undefined) return
      found.set(next[0], await work(...next))
      return worker()
    }
    await Promise.all(Array.from({ length: 6 }, worker))
    return found
  }
  const json = async (path: string, init: RequestInit = {}) => {
    try {
      const answer = await fetch(`${prefix}${path}`, init)
      const body: unknown = await answer.json().catch(() => undefined)
      return { ok: answer.ok, status: answer.status, body }
    } catch {
      return { ok: false, status: 0, body: undefined }
    }
  }
  const said = ({ body, status }: { readonly body: unknown; readonly status: number }): string =>
    typeof body === "object" && body !== null && "message" in body
      ? String(body.message)
      : status === 0
      ? "The server did not answer; nothing is known of what became of it"
      : `The server answered ${status}`

  const pathFor = (path: string, id: string) => path.replace(":id", encodeURIComponent(id))

  /** For each whether it may be done, with what follows or why not. */
  const preview = async (doing: Doing) => {
    const answers = new Map<string, Promise<Awaited<ReturnType<typeof json>>>>()
    return each([...chosen], async (id) => {
      const path = pathFor(doing.may, id)
      const asked = answers.get(path) ?? json(path)
      answers.set(path, asked)
      const answer = await asked
      if (!answer.ok) return { may: false, text: said(answer) }
      const found = (answer.body as ReadonlyArray<May>).find((one) =>
        one.action === doing.action && (doing.ofParts !== true || one.part === id)
      )
      return found === undefined
        ? { may: false, text: "It cannot be done now." }
        : { may: found.allowed, text: (found.allowed ? found.consequence : found.why_not) ?? "" }
    })
  }

  const ask = async (doing: Doing) => {
    const all = [...chosen]
    const found = await preview(doing)
    const can = all.filter(([id]) => found.get(id)?.may === true)
    const dialog = document.createElement("dialog")
    dialog.id = "choosing"
    dialog.setAttribute("aria-labelledby", "choosing-question")
    const question = part(
      "p",
      can.length === all.length
        ? `${doing.label}: ${all.length}`
        : `${doing.label}: ${can.length} of ${all.length}; the others cannot be`,
      "strong"
    )
    question.id = "choosing-question"
    const list = part("ul", "", "choices")
    const rows = new Map(all.map(([id, name]) => {
      const row = document.createElement("li")
      const one = found.get(id)
      const text = part(
        "span",
        `${one?.may === true ? "" : "Not possible: "}${one?.text ?? ""}`,
        one?.may === true ? "soft" : "warn"
      )
      row.append(part("bdi", name), " ", text)
      list.append(row)
      return [id, text] as const
    }))
    const row = part("div", "", "row")
    const yes = part("button", `${doing.label} ${can.length}`, "btn main")
    yes.disabled = can.length === 0
    const no = part("button", "Leave it", "btn")
    no.onclick = () => dialog.close()
    yes.onclick = async () => {
      yes.disabled = true
      yes.textContent = `${doing.label}: sending`
      const { proof } = document.body.dataset
      const results = await each(can, (id) =>
        json(pathFor(doing.to, id), {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "idempotency-key": crypto.randomUUID(),
            ...(proof === undefined ? {} : { "x-orch-proof": proof })
          },
          ...(doing.body === undefined ? {} : { body: JSON.stringify(doing.body) })
        }))
      let done = 0
      for (const [id, answer] of results) {
        const text = rows.get(id)
        if (answer.ok) {
          done++
          chosen.delete(id)
        }
        if (text === undefined) continue
        text.textContent = answer.ok ? "Done" : `Refused: ${said(answer)}`
        text.className = answer.ok ? "soft" : "warn"
      }
      question.textContent = `${doing.label}: ${done} done, ${all.length - done} not`
      yes.remove()
      no.textContent = "Close"
      no.focus()
      show()
      document.dispatchEvent(new Event("orch:look"))
    }
    row.append(yes, no)
    dialog.append(question, list, row)
    dialog.onclose = () => {
      dialog.remove()
      bar.querySelector("button")?.focus()
      document.dispatchEvent(new Event("orch:look"))
    }
    document.body.append(dialog)
    dialog.showModal()
    no.focus()
  }

  let last: string | undefined
  const set = (box: HTMLInputElement, on: boolean) => {
    if (!on) chosen.delete(box.value)
    else if (chosen.size < most) chosen.set(box.value, nameOf(box))
  }
  document.addEventListener("click", (event) => {
    const box = event.target
    if (!(box instanceof HTMLInputElement) || !box.classList.contains("picker")) return
    const all = boxes()
    const [from, to] = [all.findIndex(({ value }) => value === last), all.indexOf(box)].toSorted((a, b) => a - b)
    if (event.shiftKey && from !== undefined && to !== undefined && from >= 0) {
      for (const one of all.slice(from, to + 1)) set(one, box.checked)
    } else set(box, box.checked)
    last = box.value
    show()
  })
  document.addEventListener("orch:choose", () => {
    const box = document.activeElement?.closest("li, tr")?.querySelector<HTMLInputElement>("input.picker")
    box?.click()
  })
  document.addEventListener("orch:fresh", (event) => {
    if (!(event instanceof CustomEvent) || !(event.detail instanceof Element)) return
    // They come as they are now, so that nothing is exchanged for a box alone.
    for (const box of boxes(event.detail)) {
      box.hidden = false
      if (chosen.has(box.value)) box.checked = true
    }
  })
  document.addEventListener("orch:shown", show)
  if (place() !== null) show()
}
